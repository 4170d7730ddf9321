import Core
import TestKit
import Testing

/// Changes to fields before the record is finished, as parsers make them.
@Suite struct RecordBuilderChangeTests {
    @Test func findsRenamesAndRemovesFields() {
        var builder = RecordBuilder()
        builder.begin()
        builder.add("gone", text: "x")
        builder.add("time", eventTime: Timestamp(seconds: 1))
        builder.add("time", text: "noon")
        #expect(builder.index(of: "time") == 1)
        #expect(builder.index(of: "time", from: 2) == 2)
        #expect(builder.index(of: "nobody") == nil)
        builder.rename(at: 2, to: "time_text")
        builder.replace(at: 1, timestamp: Timestamp(seconds: 9))
        builder.remove(at: 0)
        var batch = RecordBatch()
        builder.finish(into: &batch)
        batch.forEachRow { row in
            #expect(row.shape.columns.map(\.name) == ["time", "time_text"])
            #expect(row.eventTime == Timestamp(seconds: 9))
        }
    }

    @Test func replacesTexts() {
        var builder = RecordBuilder()
        builder.begin()
        builder.add("a", unsigned: 1)
        builder.add("b", text: "x")
        Array("longer".utf8).withBytes { builder.replace(at: 0, text: $0) }
        var batch = RecordBatch()
        builder.finish(into: &batch)
        #expect(batch.jsonLines() == [#"{"a":"longer","b":"x"}"#])
    }

    @Test func forgetsARemovedEventTime() {
        var builder = RecordBuilder()
        builder.begin()
        builder.add("time", eventTime: Timestamp(seconds: 1))
        builder.add("a", unsigned: 2)
        builder.remove(at: 0)
        var batch = RecordBatch()
        builder.finish(into: &batch)
        batch.forEachRow { row in
            #expect(row.eventTime == nil)
            #expect(row.unsigned(at: 0) == 2)
        }
    }
}
