import Core
import System

/// What the program says: results to one stream, everything about them to the other.
struct Console: Sendable {
    /// Writes text as it is.
    var output: @Sendable (String) -> Void
    var errors: @Sendable (String) -> Void
    /// Whether the error stream shows colours.
    var hasColours = false
    /// Columns of the output; `nil` when it is no terminal, so nothing is wrapped.
    var columns: Int?

    static let standard = Console(
        output: { StandardStream.output.write($0) }, errors: { StandardStream.error.write($0) },
        hasColours: StandardStream.error.isTerminal && Process.environment("NO_COLOR") == nil,
        columns: StandardStream.output.columns)

    enum Colour: String {
        case red = "31"
        case yellow = "33"
        case dim = "2"
    }

    /// Prints a result and a line end.
    ///
    /// - Returns: the status of a command that went well.
    @discardableResult
    func say(_ text: String) -> Int32 {
        output(text + "\n")
        return 0
    }

    /// Prints a line about the work.
    func note(_ text: String) { errors(text + "\n") }

    /// Prints why a command was not begun.
    func error(_ problem: UsageError) {
        let hint = problem.hint.map { coloured(" (\($0))", .dim) } ?? ""
        let label = coloured("error", .red)
        note("catchment: \(label) \(problem.code.text): \(problem.message)\(hint)")
    }

    func coloured(_ text: String, _ colour: Colour) -> String {
        hasColours ? "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// Prints what is wrong with a configuration, one line each.
    func show(_ problems: [SettingsProblem], as severity: LogLevel) {
        let word = severity == .error ? "error" : "warning"
        let label = coloured(word, severity == .error ? .red : .yellow)
        for problem in problems {
            let hint = problem.hint.map { coloured(" (\($0))", .dim) } ?? ""
            note("\(problem.location): \(label) \(problem.code.text): \(problem.message)\(hint)")
        }
    }
}

extension Console {
    /// A log that writes lines such as
    /// `2026-11-23T17:55:00.123Z info  [syslog.0] message`.
    func log(level: LogLevel) -> Log {
        let console = self
        return Log(component: "catchment", level: level) { level, component, message in
            console.errors(console.logLine(level, component, message, at: .now()))
        }
    }

    func logLine(
        _ level: LogLevel, _ component: String, _ message: String, at time: Timestamp
    ) -> String {
        let word = level.name + String(repeating: " ", count: max(0, 5 - level.name.count))
        let shown =
            switch level {
            case .error: coloured(word, .red)
            case .warning: coloured(word, .yellow)
            case .info, .debug: word
            }
        let moment = Timestamp(nanoseconds: time.nanoseconds - time.subsecond % 1_000_000)
        return "\(moment) \(shown) [\(component)] \(Self.oneLine(message))\n"
    }

    /// One event is one line, and no sender controls the terminal.
    private static func oneLine(_ message: String) -> String {
        message.split(whereSeparator: \.isNewline).joined(separator: " | ").printable
    }
}
