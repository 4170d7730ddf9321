import Core
import Foundation
import TestKit
import Testing

@testable import FilterRecordModifier

struct RecordModifierFilterTests {
    private func run(_ options: [(String, String)], _ input: String) throws -> String? {
        let filter = try RecordModifierFilter(
            settings: PluginSettings(testing: RecordModifierFilter.info, options))
        var batch = RecordBatch(tag: "t")
        try batch.append(json: input)
        filter.apply(to: &batch)
        return batch.jsonLines().first
    }

    @Test(arguments: [
        ([("record", "host router one")], #"{"a":1}"#, #"{"a":1,"host":"router one"}"#),
        ([("record", "a 2"), ("record", "b 3")], #"{"a":1}"#, #"{"a":"2","b":"3"}"#),
        ([("remove_key", "a")], #"{"a":1,"b":2}"#, #"{"b":2}"#),
        ([("remove_key", "A")], #"{"a":1,"b":2}"#, #"{"b":2}"#),
        (
            [("remove_key", "ab*"), ("remove_key", "c")], #"{"abc":1,"AB":2,"c":3,"d":4}"#,
            #"{"d":4}"#
        ),
        (
            [("allowlist_key", "a"), ("whitelist_key", "b*")], #"{"a":1,"bc":2,"c":3}"#,
            #"{"a":1,"bc":2}"#
        ),
        ([("allowlist_key", "a"), ("record", "z 1")], #"{"a":1,"b":2}"#, #"{"a":1,"z":"1"}"#),
    ])
    func changesRecordsAsFluentBitDoes(
        options: [(String, String)], input: String, output: String
    ) throws {
        #expect(try run(options, input) == output)
    }

    @Test func writesAUUIDIntoEveryRecord() throws {
        let filter = try RecordModifierFilter(
            settings: PluginSettings(
                testing: RecordModifierFilter.info, [("uuid_key", "id"), ("record", "k v")]))
        var batch = RecordBatch(tag: "t")
        try batch.append(
            json: #"{"a":1}"#, #"{"a":2}"#, #"{"b":"text","id":7}"#, #"{"a":3}"#)
        filter.apply(to: &batch)
        let pattern = #/^(.*),"k":"v","id":"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"}$/#
        var identifiers: Set<Substring> = []
        for (line, start) in zip(
            batch.jsonLines(), [#"{"a":1"#, #"{"a":2"#, #"{"b":"text""#, #"{"a":3"#])
        {
            let match = try #require(line.wholeMatch(of: pattern))
            #expect(match.1 == start)
            #expect(UUID(uuidString: String(match.2)) != nil)
            identifiers.insert(match.2)
        }
        #expect(identifiers.count == 4)
    }

    @Test func marksVersionAndVariant() {
        var buffer = ByteBuffer()
        UUIDText(high: .max, low: .max).append(to: &buffer)
        UUIDText(high: 0, low: 0).append(to: &buffer)
        UUIDText(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210).append(to: &buffer)
        #expect(
            buffer.bytes.makeString() == "ffffffff-ffff-4fff-bfff-ffffffffffff"
                + "00000000-0000-4000-8000-000000000000" + "01234567-89ab-4def-bedc-ba9876543210")
    }

    @Test func keepsTheEventTimeOfARemovedField() throws {
        var builder = RecordBuilder()
        builder.begin()
        builder.add("time", eventTime: Timestamp(seconds: 77))
        builder.add("log", text: "x")
        var batch = RecordBatch()
        builder.finish(into: &batch)
        let filter = try RecordModifierFilter(
            settings: PluginSettings(
                testing: RecordModifierFilter.info, [("remove_key", "time"), ("uuid_key", "u")]))
        filter.apply(to: &batch)
        batch.forEachRow { #expect($0.eventTime == Timestamp(seconds: 77)) }
        #expect(batch.jsonLines().first?.hasPrefix(#"{"log":"x","u":""#) == true)
    }

    @Test func refusesBothLists() throws {
        let settings = try PluginSettings(
            testing: RecordModifierFilter.info, [("remove_key", "a"), ("allowlist_key", "b")])
        let error = #expect(throws: SettingsError.self) {
            try RecordModifierFilter(settings: settings)
        }
        #expect(error?.problems.map(\.code) == [.conflictingKeys])
    }
}
