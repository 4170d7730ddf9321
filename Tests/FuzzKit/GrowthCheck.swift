import Core
import System
import TestKit

/// Looks for inputs whose time grows faster than their length.
///
/// A shape is the beginning of a seed and a piece that is repeated up to the length. Its time grows
/// too fast when each of the last doublings, up to 64 kB, takes more than three times as long.
public struct GrowthCheck {
    public let target: FuzzTarget
    public var seed: UInt64 = 1
    /// Shapes to try.
    public var rounds = 200

    private static let longest = 64 << 10
    private static let tolerance = 3.2

    public init(_ target: FuzzTarget) { self.target = target }

    /// A shape that grows too fast.
    public struct Finding: Sendable {
        public var input: [UInt8]
        /// Microseconds for lengths from 1 to 64 kB, each twice the one before.
        public var times: [Double]
    }

    /// - Returns: the shapes found, and the slowest shape of all.
    public func run() -> (findings: [Finding], slowest: Finding?) {
        var random = SeededRandom(seed: seed)
        let corpus = target.seeds()
        let subject = target.makeSubject()
        var findings: [Finding] = []
        var slowest: Finding?
        let known = corpus.shapes.count
        for round in 0..<known + rounds {
            let shape =
                round < known
                ? corpus.shapes[round] : RepeatedShape(corpus, layout: target.layout, &random)
            let time = time(shape, Self.longest, subject)
            if time > slowest?.times.last ?? 0 {
                slowest = Finding(
                    input: input(shape, Self.longest), times: times(shape, subject))
            }
            // Below a millisecond the clock and the caches say more than the code.
            if time > 1000, (0..<3).allSatisfy({ _ in growsTooFast(shape, subject) }) {
                findings.append(
                    Finding(input: input(shape, Self.longest), times: times(shape, subject)))
            }
        }
        return (findings, slowest)
    }

    private func growsTooFast(_ shape: RepeatedShape, _ subject: any FuzzSubject) -> Bool {
        let times = (14...16).map { time(shape, 1 << $0, subject) }
        return times[1] > times[0] * Self.tolerance && times[2] > times[1] * Self.tolerance
    }

    private func times(_ shape: RepeatedShape, _ subject: any FuzzSubject) -> [Double] {
        (10...16).map { time(shape, 1 << $0, subject) }
    }

    private func input(_ shape: RepeatedShape, _ length: Int) -> [UInt8] {
        shape.input(of: length, layout: target.layout)
    }

    /// Microseconds, the better of two runs.
    private func time(_ shape: RepeatedShape, _ length: Int, _ subject: any FuzzSubject) -> Double {
        let input = input(shape, length)
        return (0..<2).reduce(Double.infinity) { best, _ in
            let start = MonotonicClock.now()
            input.withBytes { subject.execute($0) }
            return min(best, Double(MonotonicClock.now() - start) / 1000)
        }
    }
}
