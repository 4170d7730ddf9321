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
}

/// How the parts of a seed, such as the datagrams of a capture, make one input.
enum InputLayout: Equatable, Sendable {
    /// The first part is the input.
    case plain
    /// A byte in front chooses among the subject's variants.
    case choice
    /// Each part is preceded by a byte for the subject and its length in 16 bits.
    case datagrams
}

extension RawSpan {
    /// Calls `body` with each part of an input of layout `datagrams` and the byte in front of it.
    ///
    /// Any bytes are such an input: a part that is said to be longer than what is left is the rest.
    func forEachPart(_ body: (_ control: UInt8, RawSpan) -> Void) {
        var offset = 0
        while offset + 3 <= byteCount {
            let end = Swift.min(offset + 3 + Int(uint16(at: offset + 1)), byteCount)
            body(byte(at: offset), extracting(offset + 3..<end))
            offset = end
        }
    }
}
