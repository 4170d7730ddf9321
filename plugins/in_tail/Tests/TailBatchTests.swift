import Core
import Parsers
import TestKit
import Testing

@testable import InTail

@Suite struct TailBatchTests {
    @Test func remembersAFileThatTakesTheNumberOfOneThatIsGone() throws {
        let settings = try TailSettings(
            PluginSettings(testing: TailInput.info, [("path", "/nowhere")]))
        let sink = JournalSink()
        let batch = TailBatch(settings: settings, sink: sink)
        let counters = sink.ledger.counters(for: "x")
        let identity = FileIdentity(device: 1, inode: 2)
        var place = FilePlace()
        place.offset = 7
        let file = TailedFile(
            identity: identity, path: "x", place: place,
            decoder: LineDecoder(parser: PlainLine(key: "log"), counters: counters),
            counters: counters, joiner: nil)
        batch.forget(identity)
        batch.note(file)
        #expect(batch.submit())
        #expect(sink.filePlaces.map(\.offset) == [7])
        batch.note(file)
        batch.forget(identity)
        #expect(batch.submit())
        #expect(sink.places.isEmpty)
    }
}
