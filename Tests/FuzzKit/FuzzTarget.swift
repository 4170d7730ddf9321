import Core

/// Code that reads bytes of strangers, ready to be run on any input.
public protocol FuzzSubject: AnyObject {
    /// Runs the code on one input and traps when something does not hold that has to.
    func execute(_ input: RawSpan)
}

/// A subject by name, with what its inputs are made of.
public struct FuzzTarget: Sendable {
    public let name: String
    public let summary: String
    let layout: InputLayout
    let seeds: @Sendable () -> SeedCorpus
    /// A subject that remembers nothing of other inputs.
    public let makeSubject: @Sendable () -> any FuzzSubject

    /// All targets, those of flows first.
    public static let all: [FuzzTarget] = flows + logs + files

    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

    /// Seeds as inputs, for fuzzers that begin with files.
    public var seedInputs: [[UInt8]] {
        seeds().seeds.enumerated().flatMap { index, parts in
            layout == .datagrams
                ? [layout.input(of: parts, control: 1)]
                : parts.map { layout.input(of: [$0], control: UInt8(truncatingIfNeeded: index)) }
        }
    }

    /// What kind of code a target runs.
    enum Reader { case flows, logs, files }

    var reader: Reader {
        if Self.flows.contains(where: { $0.name == name }) { return .flows }
        return Self.logs.contains { $0.name == name } ? .logs : .files
    }
}
