import Core
import Journals
import TestKit
import Testing

@testable import Pipeline

@Suite struct InputRunnerTests {
    /// A runner whose journal takes one batch, and one filter that takes every other record.
    private struct Subject {
        let directory: TemporaryDirectory
        let account: InputLedger
        let runner: InputRunner

        init() throws {
            directory = try TemporaryDirectory()
            let filter = FilterLedger(name: "sieving.0")
            account = InputLedger(name: "in", tag: "t", filters: [filter])
            let journal = try Journal(
                name: "in",
                settings: JournalSettings(
                    storage: .filesystem(directory: directory.path), limit: 1),
                log: .silent)
            let delivery = try Delivery(
                output: try LineOutput(
                    settings: PluginSettings(testing: LineOutput.info, [("path", "/dev/null")])),
                cursorFile: nil, quarantine: nil, log: .silent)
            let worker = OutputWorker(
                name: "out", delivery: delivery, limits: ReaderLimits(), flush: 0, log: .silent)
            runner = InputRunner(
                name: "in", tag: "t",
                input: try CountingInput(
                    settings: PluginSettings(testing: CountingInput.info, [])),
                chain: FilterChain([
                    (
                        try SievingFilter(
                            settings: PluginSettings(testing: SievingFilter.info, [])), filter
                    )
                ]),
                journal: journal, account: account, outputs: [worker], log: .silent)
        }

        func submit(canReadAgain: Bool) -> Bool {
            var batch = RecordBatch(tag: "t")
            var builder = RecordBuilder()
            for number in 0..<10 {
                builder.begin()
                builder.add("n", unsigned: UInt64(number))
                builder.finish(into: &batch)
            }
            if canReadAgain { batch.progress = [SourceProgress(source: [1], place: [2])] }
            return runner.submit(&batch)
        }
    }

    @Test func whatCanBeReadAgainWasNeverReceived() throws {
        let subject = try Subject()
        #expect(subject.submit(canReadAgain: true))
        subject.runner.stop()
        #expect(!subject.submit(canReadAgain: true))
        #expect(subject.account.received == 10)
        #expect(subject.account.filtered == 5)
        #expect(subject.account.journaled == 5)
        #expect(subject.account.dropped == [:])
    }

    @Test func whatCannotBeReadAgainIsDroppedWithAReason() throws {
        let subject = try Subject()
        #expect(subject.submit(canReadAgain: false))
        subject.runner.stop()
        subject.runner.giveUp()
        #expect(!subject.submit(canReadAgain: false))
        #expect(subject.account.received == 20)
        #expect(subject.account.filtered == 10)
        #expect(subject.account.journaled == 5)
        #expect(subject.account.dropped == [.journalFull: 5])
    }
}
