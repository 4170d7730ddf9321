import Core
import System

/// Runs cases and prints what one record costs, as a table.
///
/// Each case runs in rounds, interleaved with the others, and the median round counts: the machine
/// is never quiet. Compare rows of one run with each other, not with another day's.
struct Harness {
    struct Case {
        let name: String
        /// Records that one call of `body` handles.
        let records: Int
        let body: () -> Void
    }

    private var cases: [Case] = []
    private let rounds: Int
    /// Nanoseconds that one round of a case takes at least.
    private let roundLength: Int64

    init(rounds: Int = 7, roundLength: Int64 = 60_000_000) {
        self.rounds = rounds
        self.roundLength = roundLength
    }

    mutating func add(_ name: String, records: Int, _ body: @escaping () -> Void) {
        cases.append(Case(name: name, records: records, body: body))
    }

    /// Nanoseconds per record of the median round.
    func run(matching filter: String?) {
        let chosen = cases.filter { filter == nil || $0.name.contains(filter ?? "") }
        var results = chosen.map { _ in [Double]() }
        for _ in 0..<rounds {
            for (index, one) in chosen.enumerated() { results[index].append(measure(one)) }
        }
        var table = TextTable(
            ["case", .init("ns/record", .right), .init("records/s", .right)])
        for (one, times) in zip(chosen, results) {
            let median = times.sorted()[times.count / 2]
            table.add([one.name, Self.text(median), Int(1e9 / median).grouped])
        }
        StandardStream.output.write(table.text())
    }

    private func measure(_ one: Case) -> Double {
        one.body()
        var calls = 0
        let start = MonotonicClock.now()
        var end = start
        while end - start < roundLength {
            one.body()
            calls += 1
            end = MonotonicClock.now()
        }
        return Double(end - start) / Double(calls * one.records)
    }

    /// One decimal.
    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
