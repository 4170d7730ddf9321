/// An output that can try its destination without delivering anything, for `check --connect`.
public protocol ProbingOutput: Output {
    /// Tries what delivering will need, step by step, and stops at the first that fails.
    ///
    /// What it makes at the destination for that, it removes.
    func probe() -> [ProbeStep]
}

/// One thing that was tried.
public struct ProbeStep: Sendable {
    /// What was tried, in a word or two: `write`.
    public var name: String
    /// What was found, in words for the operator.
    public var finding: String
    public var isGood: Bool

    public init(_ name: String, _ finding: String, isGood: Bool = true) {
        self.name = name
        self.finding = finding
        self.isGood = isGood
    }
}
