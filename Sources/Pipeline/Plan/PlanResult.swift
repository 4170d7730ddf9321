public import Core

/// What came of checking a configuration: a plan, or everything that stands in its way.
public struct PlanResult: Sendable {
    /// `nil` when there is any problem.
    public var plan: Plan?
    /// Errors, by place.
    public var problems: [SettingsProblem]
    /// What does not stop the start: keys without effect, and with `compat: fluent-bit` what
    /// Fluent Bit would let pass.
    public var warnings: [SettingsProblem]
}

extension Plan {
    /// Checks a configuration and makes a plan of it.
    ///
    /// - Parameters:
    ///   - root: the map of sections.
    ///   - problems: what reading the files found; they are judged together with those found here.
    ///   - isComplete: whether `root` holds all that the files say. If not, nothing is said about
    ///     parts that are missing.
    public static func make(
        from root: Setting, registry: Registry, problems: [SettingsProblem] = [],
        isComplete: Bool = true
    ) -> PlanResult {
        var builder = PlanBuilder(root: root, registry: registry, isComplete: isComplete)
        for problem in problems { builder.findings.report(problem) }
        let plan = builder.build()
        let findings = builder.findings
        return PlanResult(
            plan: findings.problems.isEmpty ? plan : nil, problems: findings.sortedProblems,
            warnings: findings.sortedWarnings)
    }
}
