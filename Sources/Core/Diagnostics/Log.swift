public enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case error, warning, info, debug

    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The word in log lines.
    public var name: String {
        switch self {
        case .error: "error"
        case .warning: "warn"
        case .info: "info"
        case .debug: "debug"
        }
    }

    /// Reads the words of Fluent Bit's `log_level`.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "error", "off": self = .error
        case "warn", "warning": self = .warning
        case "info": self = .info
        case "debug", "trace": self = .debug
        default: return nil
        }
    }
}

/// Says things to the operator, in the name of one component.
public struct Log: Sendable {
    public typealias Handler = @Sendable (LogLevel, _ component: String, _ message: String) -> Void

    public let component: String
    public let level: LogLevel
    private let handler: Handler

    /// - Parameter level: the least important level that is still said.
    public init(component: String, level: LogLevel, handler: @escaping Handler) {
        self.component = component
        self.level = level
        self.handler = handler
    }

    /// Says nothing, for tests.
    public static let silent = Log(component: "", level: .error) { _, _, _ in }

    /// The same log in another component's name.
    public func named(_ component: String, level: LogLevel? = nil) -> Log {
        Log(component: component, level: level ?? self.level, handler: handler)
    }

    public func error(_ message: @autoclosure () -> String) { say(.error, message) }
    public func warning(_ message: @autoclosure () -> String) { say(.warning, message) }
    public func info(_ message: @autoclosure () -> String) { say(.info, message) }
    public func debug(_ message: @autoclosure () -> String) { say(.debug, message) }

    private func say(_ level: LogLevel, _ message: () -> String) {
        if level <= self.level { handler(level, component, message()) }
    }
}
