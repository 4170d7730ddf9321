import Core
import Synchronization
import Testing

@testable import Pipeline

@Suite struct TroubleTests {
    /// Keeps the lines of a log.
    private final class Lines: Sendable {
        let texts = Mutex<[String]>([])
        var log: Log {
            Log(component: "out", level: .debug) { level, _, text in
                self.texts.withLock { $0.append("\(level.name) \(text)") }
            }
        }
        var all: [String] { texts.withLock { $0 } }
    }

    private func error(_ reason: String) -> OperationError {
        OperationError(
            .fileWriteFailed, call: "write", target: "/a", reason: reason, canRetry: true)
    }

    @Test func aLongTroubleIsFewLines() {
        let lines = Lines()
        var trouble = Trouble(meanwhile: "it waits")
        for _ in 0..<1_000 { _ = trouble.add(error("full"), log: lines.log) }
        // 1, 2, 4 ... 512.
        #expect(lines.all.count == 10)
        #expect(lines.all[0].hasPrefix("error E3102: write /a: full; it waits; next try in "))
        #expect(lines.all[9].contains("full; attempt 512 in "))
        trouble.end(log: lines.log)
        #expect(lines.all.last?.hasPrefix("info goes on after 1000 failed attempts in ") == true)
    }

    @Test func anotherReasonIsALine() {
        let lines = Lines()
        var trouble = Trouble(meanwhile: "it waits")
        for reason in ["full", "full", "full", "read-only"] {
            _ = trouble.add(error(reason), log: lines.log)
        }
        #expect(lines.all.count == 3)
        #expect(lines.all.last?.contains("read-only; attempt 4 ") == true)
    }

    /// A key that may not write is tried for ever; the log has a line an hour.
    @Test func aRefusalForADayIsALineAnHour() {
        let lines = Lines()
        var trouble = Trouble(meanwhile: "it waits")
        let minute: Int64 = 60_000_000_000
        for number in 0..<Int64(24 * 60) {
            let pause = trouble.add(
                error("may not"), atLeast: minute, now: 1 + number * minute, log: lines.log)
            #expect(pause == minute)
        }
        // 1, 2, 4 ... 64 minutes, those of doublings that come later, and what is left of the day.
        #expect((29...32).contains(lines.all.count), "\(lines.all.count)")
        #expect(lines.all.prefix(7).last?.contains("attempt 64 in 3780 s; ") == true)
        #expect(lines.all.last?.contains("may not; attempt ") == true)
        #expect(lines.all.last?.contains(" in 23 h; ") == true)
    }

    @Test func reasonsThatTakeTurnsAreNoNews() {
        let lines = Lines()
        var trouble = Trouble(meanwhile: "it waits")
        for number in 0..<1_000 {
            _ = trouble.add(error(number % 2 == 0 ? "full" : "read-only"), log: lines.log)
        }
        #expect(lines.all.count == 10)
        for number in 0..<1_000 { _ = trouble.add(error("full \(number)"), log: lines.log) }
        #expect(lines.all.count < 30)
    }

    @Test func pausesStartShortAndStayBounded() {
        var trouble = Trouble(meanwhile: "it waits")
        let pauses = (0..<20).map { _ in trouble.add(error("full"), log: .silent) }
        #expect(pauses[0] <= 250_000_000)
        #expect(pauses.allSatisfy { $0 <= 30_000_000_000 })
        trouble.end(log: .silent)
        #expect(trouble.add(error("full"), log: .silent) <= 250_000_000)
    }

    @Test func anEndWithoutTroubleIsNoLine() {
        let lines = Lines()
        var trouble = Trouble(meanwhile: "it waits")
        trouble.end(log: lines.log)
        #expect(lines.all == [])
    }
}
