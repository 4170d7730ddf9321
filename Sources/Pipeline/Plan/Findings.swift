import Core

/// How strictly a configuration is read.
enum Compatibility: String, CaseIterable {
    case strict
    case fluentBit = "fluent-bit"

    /// Unknown keys and unused routes, which Fluent Bit lets pass; never a wrong value.
    func tolerates(_ code: ErrorCode) -> Bool {
        switch self {
        case .strict: false
        case .fluentBit:
            switch code {
            case .unknownSection, .unknownKey, .noMatchingInput, .noMatchingOutput,
                .notSupportedYet:
                true
            default: false
            }
        }
    }
}

/// Collects everything found wrong and decides what stops the start.
struct Findings {
    var compatibility = Compatibility.strict
    private(set) var problems: [SettingsProblem] = []
    private(set) var warnings: [SettingsProblem] = []

    mutating func report(_ problem: SettingsProblem) {
        if compatibility.tolerates(problem.code) {
            warnings.append(problem)
        } else {
            problems.append(problem)
        }
    }

    mutating func report(
        _ code: ErrorCode, at location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        report(SettingsProblem(code, at: location, message, hint: hint))
    }

    /// Stops the start whatever the compatibility.
    mutating func refuse(
        _ code: ErrorCode, at location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        problems.append(SettingsProblem(code, at: location, message, hint: hint))
    }

    /// Says something that does not stop the start.
    mutating func warn(
        _ code: ErrorCode, at location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        warnings.append(SettingsProblem(code, at: location, message, hint: hint))
    }

    var sortedProblems: [SettingsProblem] { Self.sorted(problems) }
    var sortedWarnings: [SettingsProblem] { Self.sorted(warnings) }

    /// By place, each once.
    private static func sorted(_ problems: [SettingsProblem]) -> [SettingsProblem] {
        var seen: Set<SettingsProblem> = []
        return problems.filter { seen.insert($0).inserted }.sorted {
            ($0.location, $0.code.rawValue) < ($1.location, $1.code.rawValue)
        }
    }
}
