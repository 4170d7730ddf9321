import Core
import TestKit
import Testing

@testable import InDummy

struct DummyInputTests {
    private func settings(_ options: [(String, String)]) throws -> DummySettings {
        try DummySettings(PluginSettings(testing: DummySettings.info, options))
    }

    private func makeInput(_ options: [(String, String)]) throws -> DummyInput {
        try DummyInput(settings: PluginSettings(testing: DummyInput.info, options))
    }

    @Test func makesTheSamplesAndEnds() throws {
        let input = try makeInput([
            ("dummy", #"{"log":"x","n":[1]}"#), ("samples", "3"), ("copies", "2"),
            ("rate", "1000"), ("flush_on_startup", "on"), ("start_time_sec", "1700000000"),
            ("fixed_timestamp", "on"),
        ])
        try input.open(log: .silent)
        let sink = CollectingSink()
        input.run(into: sink)
        let record = #"{"time":"2023-11-14T22:13:20.000Z","log":"x","n":[1]}"#
        #expect(sink.lines == Array(repeating: record, count: 6))
        #expect(sink.ledger.snapshot.first?.records == 6)
    }

    @Test func stopsWhileWaiting() throws {
        let input = try makeInput([("interval_sec", "86400"), ("flush_on_startup", "on")])
        let sink = CollectingSink(limit: 1) { input.stop() }
        input.run(into: sink)
        #expect(sink.lines.count == 1)
    }

    @Test func stopsBeforeItRuns() throws {
        let input = try makeInput([])
        input.stop()
        let sink = CollectingSink()
        input.run(into: sink)
        #expect(sink.lines.isEmpty)
    }

    @Test func makesWhatIsDue() throws {
        var schedule = DummySchedule(try settings([("rate", "100"), ("samples", "2005")]))
        #expect(schedule.next(elapsed: 0) == .wait(10_000_000))
        #expect(schedule.next(elapsed: 9_999_999) == .wait(1))
        #expect(schedule.next(elapsed: 10_000_000) == .make(1))
        #expect(schedule.next(elapsed: 10_000_001) == .wait(9_999_999))
        #expect(schedule.next(elapsed: 49_999_999) == .make(3))
        // Late: at most 1000 at once, until the samples are used up.
        #expect(schedule.next(elapsed: 1_000_000_000_000) == .make(1000))
        #expect(schedule.next(elapsed: 1_000_000_000_000) == .make(1000))
        #expect(schedule.next(elapsed: 1_000_000_000_000) == .make(1))
        #expect(schedule.next(elapsed: 1_000_000_000_000) == .finished)
    }

    @Test func waitsForTheIntervalWhenOneIsGiven() throws {
        let options = [("rate", "100"), ("interval_sec", "2"), ("interval_nsec", "5")]
        #expect(try settings(options).interval == 2_000_000_005)
        #expect(try settings([("rate", "1000000")]).interval == 1000)
    }

    @Test(
        arguments: [
            ([], 150), ([("fixed_timestamp", "on")], 100), ([("start_time_sec", "7")], 57),
            ([("start_time_sec", "7"), ("fixed_timestamp", "on")], 7),
            ([("start_time_nsec", "0")], 50),
        ] as [([(String, String)], Int64)])
    func makesEventTimes(options: [(String, String)], seconds: Int64) throws {
        let time = try settings(options).clock.time(
            now: Timestamp(seconds: 150), first: Timestamp(seconds: 100))
        #expect(time == Timestamp(seconds: seconds))
    }

    @Test func saysWhichOptionsDoNothing() throws {
        #expect(try settings([]).inertOptions.isEmpty)
        #expect(try settings([("metadata", "{}")]).inertOptions.count == 1)
    }

    @Test(arguments: ["x", "[]", #"{"a":}"#, ""])
    func refusesWhatIsNoObject(_ text: String) {
        let error = #expect(throws: SettingsError.self) { try settings([("dummy", text)]) }
        #expect(error?.problems.map(\.code) == [.invalidValue])
    }
}
