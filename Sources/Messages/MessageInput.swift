public import Core
import Net

/// What tells one input of messages from another: its options, and how its messages are read.
public protocol MessageSettings: Sendable {
    static var info: PluginInfo { get }

    init(_ settings: PluginSettings) throws(SettingsError)

    var entrance: MessageEntrance { get }

    /// A decoder with state of its own.
    func makeIntake(ledger: SourceLedger, log: Log) -> MessageIntake
}

/// Receives messages from the network or a local socket.
public final class MessageInput<Settings: MessageSettings>: Input {
    public static var info: PluginInfo { Settings.info }

    private let settings: Settings
    private let sockets: MessageSockets

    public init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try Settings(settings)
        let entrance = self.settings.entrance
        sockets = MessageSockets(
            entrance.address, options: entrance.listener, count: entrance.sockets)
    }

    public var listenAddresses: [ListenAddress] { [settings.entrance.address] }

    public func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        settings.makeIntake(ledger: ledger, log: .silent)
    }

    public func open(log: Log) throws(OperationError) { try sockets.open(log: log) }

    /// Where the sockets are bound, after `open`.
    public var localEndpoint: Endpoint? { sockets.localEndpoint }

    public func run(into sink: any BatchSink) {
        sockets.run(name: Settings.info.name, into: sink) { [settings] _ in
            settings.makeIntake(ledger: sink.ledger, log: sink.log)
        }
    }

    public func stop() { sockets.stop() }
}
