import Core
public import Patterns

/// Which lines belong together: a state machine over patterns, as Fluent Bit's multiline parsers
/// of type regex describe it.
///
/// A group begins with a line that a rule of the start state fits, and goes on while a rule of the
/// state reached fits the next line. A rule that leads back to the start state ends the group with
/// its line.
public struct MultilineRules: Sendable {
    public struct Rule: Sendable {
        public var from: [String]
        public var pattern: Pattern
        public var to: String

        public init(from: [String], pattern: Pattern, to: String) {
            self.from = from
            self.pattern = pattern
            self.to = to
        }
    }

    public static let startState = "start_state"

    public let name: String
    /// How long a group waits for more lines, in nanoseconds.
    public let flushTimeout: Int64
    /// States by number; the start state is 0.
    let states: [String]
    let rules: [Rule]

    static let defaultTimeout: Int64 = 4_000_000_000

    public init(name: String, flushTimeout: Int64? = nil, rules: [Rule]) {
        self.name = name
        self.flushTimeout = flushTimeout ?? Self.defaultTimeout
        self.rules = rules
        var states = [Self.startState]
        for state in rules.flatMap({ $0.from + [$0.to] }) where !states.contains(state) {
            states.append(state)
        }
        self.states = states
    }
}

/// The multiline rules that a configuration may name: its own and the stock ones.
public protocol MultilineDirectory: Sendable {
    var multilineNames: [String] { get }
    func multilineRules(named name: String) -> MultilineRules?
}

/// Decides about lines by rules, for one thread.
///
/// Of several sets of rules, the first one that a line begins a group of decides about that group.
public final class MultilineMatcher {
    private struct Step {
        let matcher: Matcher
        let next: Int
    }

    /// How far a group has come: whose rules it follows, and their state.
    struct State {
        let rules: Int
        let number: Int

        /// Whether the group has no further lines.
        var isEnd: Bool { number == 0 }
    }

    /// How long a group waits for more lines, in nanoseconds.
    public let flushTimeout: Int64
    /// What may follow each state of each set of rules.
    private let steps: [[[Step]]]

    public init(_ rules: [MultilineRules]) {
        flushTimeout = rules.map(\.flushTimeout).max() ?? MultilineRules.defaultTimeout
        steps = rules.map(Self.steps)
    }

    public convenience init(_ rules: MultilineRules) { self.init([rules]) }

    private static func steps(of rules: MultilineRules) -> [[Step]] {
        let matchers = rules.rules.map { $0.pattern.makeMatcher() }
        return rules.states.map { state in
            zip(rules.rules, matchers).filter { rule, _ in rule.from.contains(state) }
                .map { rule, matcher in
                    Step(matcher: matcher, next: rules.states.firstIndex(of: rule.to) ?? 0)
                }
        }
    }

    /// The state after a line that begins a group; `nil` when it begins none.
    func begin(_ line: RawSpan) -> State? {
        for index in steps.indices {
            if let next = next(after: State(rules: index, number: 0), line), !next.isEnd {
                return next
            }
        }
        return nil
    }

    /// The state after `line`, or `nil` when no rule of `state` fits it.
    func next(after state: State, _ line: RawSpan) -> State? {
        steps[state.rules][state.number].first { $0.matcher.matches(line) }
            .map { State(rules: state.rules, number: $0.next) }
    }
}
