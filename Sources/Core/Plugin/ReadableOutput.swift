/// An output whose objects can be read back: `catchment parse s3://bucket/key`.
///
/// An instance that only reads is made from its settings and never opened.
public protocol ReadableOutput: Output {
    /// What stands before `://` in the places of its objects: `s3`.
    static var scheme: String { get }

    /// The option that names what stands between `://` and the next `/`: `bucket`.
    static var containerOption: String { get }

    /// Options that matter for reading and may stand on a command line: no secrets.
    static var readingOptions: [String] { get }

    /// Options that have a value in the environment, for readers whose settings no configuration
    /// gives; running agents do not ask.
    static func readingDefaults(_ environment: (String) -> String?) -> [(
        option: String, value: String, variable: String
    )]

    /// Whether an instance of these settings writes into a container.
    static func writes(to container: String, _ settings: PluginSettings) -> Bool

    /// Keys that begin with `prefix`, in the store's order.
    ///
    /// - Parameter page: what the page before said comes next; `nil` at first.
    func objects(prefix: String, page: String?) throws(OperationError) -> ObjectPage

    /// Objects' bytes as they are stored, to be read one object after the other in this order.
    ///
    /// Nothing is asked of the store before the first read; then it may be asked for several at once.
    func objects(_ keys: [String]) -> [any ByteStream]
}

/// Some of the objects in a store.
public struct ObjectPage: Sendable, Equatable {
    public var keys: [String]
    /// Asks for the page that follows; `nil` at the end.
    public var next: String?

    public init(keys: [String], next: String?) {
        self.keys = keys
        self.next = next
    }
}
