import Core
import Patterns

/// Multiline rules that need no definition: the exception reports of some languages.
///
/// Each follows how its runtime prints them: a head line, then frames, then perhaps a cause.
public enum StockMultiline {
    public static let all: [MultilineRules] = [java, python, go, ruby].compactMap { $0 }

    public static var names: [String] { all.map(\.name) }

    public static func rules(named name: String) -> MultilineRules? {
        all.first { $0.name == name }
    }

    /// `Throwable.printStackTrace`, also of C# and JavaScript on V8.
    private static let java = make(
        "java",
        [
            (
                "start_state head",
                #"(?:Exception|Error|Throwable|V8 errors stack trace)(?:[:\r]|$)"#, "frames"
            ),
            ("frames", #"^[\t ]*nested exception is:"#, "head"),
            ("frames", #"^\r*$"#, "frames"),
            ("frames", #"^[\t ]+(?:eval )?at "#, "frames"),
            (
                "frames",
                #"^[\t ]*--- End of (?:inner exception stack trace|stack trace from previous location)"#,
                "frames"
            ),
            ("frames", #"^[\t ]*(?:Caused by|Suppressed):"#, "frames"),
            ("frames", #"^[\t ]*\.\.\. \d+ (?:more|common frames omitted)"#, "frames"),
        ])

    /// `traceback.print_exc`: a file line and a code line for each frame, then the error.
    private static let python = make(
        "python",
        [
            ("start_state", #"^Traceback \(most recent call last\):\r?$"#, "frame"),
            ("frame", #"^[\t ]+File "#, "code"),
            ("code", #"[^\t ]"#, "frame"),
            // ~~~^^^ marks below the code since Python 3.11.
            ("frame", #"^[\t ]+[~^ ]+\r?$"#, "frame"),
            ("frame", #"^[^\s.():]+(?:\.[^\s.():]+)*(?::|\r?$)"#, "start_state"),
        ])

    /// A panic: the message, perhaps a signal, then two lines for each frame of each goroutine.
    private static let go = make(
        "go",
        [
            ("start_state", #"\bpanic: "#, "message"),
            ("start_state", "http: panic serving", "goroutine"),
            ("message", #"^\tpanic: "#, "message"),
            ("message", #"^\[signal "#, "message"),
            ("message function", "^$", "goroutine"),
            ("goroutine", #"^goroutine \d+ \[[^\]]+\]:$"#, "function"),
            ("function", #"^(?:[^\s.:]+\.)*[^\s.():]+\(|^created by |^panic\("#, "place"),
            ("place", #"^\s"#, "function"),
        ])

    /// `file:line:in 'method'`, then a `from` line for each caller.
    private static let ruby = make(
        "ruby",
        [
            ("start_state", #"^.+:\d+:in\s"#, "callers"),
            ("callers", #"^\s+from\s.*:\d+:in\s"#, "callers"),
        ])

    /// `nil` only when a pattern above is wrong, which a test would find.
    private static func make(
        _ name: String, _ rules: [(from: String, pattern: String, to: String)]
    ) -> MultilineRules? {
        let compiled = rules.compactMap { rule -> MultilineRules.Rule? in
            guard let pattern = try? Pattern(rule.pattern) else { return nil }
            return MultilineRules.Rule(
                from: rule.from.split(separator: " ").map(String.init), pattern: pattern,
                to: rule.to)
        }
        return compiled.count == rules.count ? MultilineRules(name: name, rules: compiled) : nil
    }
}
