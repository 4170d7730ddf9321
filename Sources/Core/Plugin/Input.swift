/// How a payload travelled to the agent.
public enum Transport: String, Sendable, CaseIterable {
    case udp, tcp, tls, unix, file

    /// Whether payloads come over a network connection, in order and until it ends.
    @inlinable
    public var isConnection: Bool { self == .tcp || self == .tls }
}

/// Where a payload came from and when.
public struct PayloadSource: Sendable {
    /// The sender's socket; `0.0.0.0:0` for files and unix sockets.
    public var peer: Endpoint
    public var transport: Transport
    public var received: Timestamp

    public init(peer: Endpoint, transport: Transport, received: Timestamp) {
        self.peer = peer
        self.transport = transport
        self.received = received
    }
}

/// An address an input listens on.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    public var transport: Transport
    /// `nil` for unix sockets.
    public var endpoint: Endpoint?
    /// The socket's path for unix sockets.
    public var path: String?
    /// Whether messages come over connections instead of as datagrams.
    public var isStream: Bool

    public init(transport: Transport, endpoint: Endpoint) {
        self.transport = transport
        self.endpoint = endpoint
        isStream = transport.isConnection
    }

    public init(unixPath: String, isStream: Bool = false) {
        transport = .unix
        path = unixPath
        self.isStream = isStream
    }

    /// The same with the endpoint that the system chose, where one was asked for.
    public func bound(to local: Endpoint) -> ListenAddress {
        endpoint == nil ? self : ListenAddress(transport: transport, endpoint: local)
    }

    public var description: String {
        "\(transport.rawValue) \(endpoint.map(String.init(describing:)) ?? path ?? "")"
    }
}

/// Turns payloads into records.
///
/// One instance serves one thread and keeps that source's state:
/// templates, shapes.
public protocol PayloadDecoder: AnyObject {
    /// Decodes one datagram, frame or line and appends its records to `batch`.
    ///
    /// Never fails: what cannot be decoded is counted in the ledger that the decoder was made
    /// with, and kept as a raw record where the protocol has one.
    func decode(_ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch)

    /// Ends decoding: no payload follows.
    ///
    /// What was kept for later is appended to `batch` where it can be decoded after all, and counted
    /// in the ledger where it cannot.
    func finish(into batch: inout RecordBatch)
}

extension PayloadDecoder {
    public func finish(into batch: inout RecordBatch) {}
}

/// Where an input puts its records: filters run and the journal takes them before `submit` returns.
public protocol BatchSink: AnyObject, Sendable {
    /// The tag of the input's batches.
    var tag: String { get }
    var ledger: SourceLedger { get }
    var log: Log { get }
    /// Whether the agent is shutting down; an input then returns from `run` soon.
    var isStopping: Bool { get }
    /// The places of the sources that an earlier process had read up to: its records to there are
    /// in the journal or delivered. Empty when the journal does not outlive the process.
    var recoveredPlaces: SourcePlaces { get }
    /// A directory for what the input wants to know again after the next start; it may not exist
    /// yet. `nil` when the agent has no `storage.path`.
    var stateDirectory: String? { get }
    /// Takes the records and empties `batch`. May wait while the journal is full.
    ///
    /// An input with several threads may call it from all of them: batches are taken one at a time.
    ///
    /// - Returns: `false` when the agent is stopping and the journal took nothing. An input that
    ///   can read the records again then does so after the next start.
    @discardableResult
    func submit(_ batch: inout RecordBatch) -> Bool
}

extension BatchSink {
    public var recoveredPlaces: SourcePlaces { SourcePlaces() }
    public var stateDirectory: String? { nil }
}

/// A source of records.
///
/// Order of calls: `init`, then either `makeDecoder` alone (dry run: nothing is opened) or `open`,
/// `run` and `stop`. `open` and `stop` are called by the control thread, `run` by a thread of the
/// input's own; only `stop` may overlap with `run`.
public protocol Input: AnyObject, Sendable {
    static var info: PluginInfo { get }

    /// Checks everything that can be checked without opening anything.
    init(settings: PluginSettings) throws(SettingsError)

    /// What it will listen on; empty for inputs that do not listen.
    var listenAddresses: [ListenAddress] { get }

    /// A decoder as `run` uses it, reporting into `ledger`.
    func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder

    /// Acquires sockets or files. A failure stops the start of the agent.
    func open(log: Log) throws(OperationError)

    /// Receives until stopped or the source ends. Returns only then.
    func run(into sink: any BatchSink)

    /// Makes `run` return soon; may be called from another thread, more than once, and before `run`.
    func stop()
}
