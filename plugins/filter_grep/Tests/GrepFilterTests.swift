import Core
import FilterGrep
import TestKit
import Testing

struct GrepFilterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rules: [(String, String)]
        /// What is left of the records below, by `n`.
        var kept: [Int]

        init(_ name: String, _ rules: [(String, String)], keeps kept: [Int]) {
            testDescription = name
            self.rules = rules
            self.kept = kept
        }
    }

    private static let records = [
        #"{"n":1,"log":"error one","level":"high","code":500,"in":{"a":"x","list":["p","q"]}}"#,
        #"{"n":2,"log":"warn two","level":"low","code":404,"ok":true}"#,
        #"{"n":3,"log":"error three","level":"low","code":-5,"rate":1.5}"#,
        #"{"n":4,"other":"thing","log":null}"#,
    ]

    @Test(arguments: [
        Case("no rules", [], keeps: [1, 2, 3, 4]),
        Case("regex", [("regex", "log error")], keeps: [1, 3]),
        Case("exclude", [("exclude", "log error")], keeps: [2, 4]),
        Case("regex on a missing field", [("regex", "nothing .")], keeps: []),
        Case("exclude on a missing field", [("exclude", "nothing .")], keeps: [1, 2, 3, 4]),
        Case("null counts as missing", [("regex", "log ^")], keeps: [1, 2, 3]),
        // The first regex that is reached decides.
        Case(
            "legacy: later rules are not asked after a regex",
            [("regex", "log error"), ("regex", "level high")], keeps: [1, 3]),
        Case(
            "legacy: excludes before a regex",
            [("exclude", "level low"), ("regex", "log error")], keeps: [1]),
        Case(
            "legacy: excludes after a regex do nothing",
            [("regex", "log error"), ("exclude", "level low")], keeps: [1, 3]),
        Case(
            "legacy: excludes together",
            [("exclude", "level high"), ("exclude", "code ^404$")], keeps: [3, 4]),
        Case(
            "AND", [("logical_op", "AND"), ("regex", "log error"), ("regex", "level low")],
            keeps: [3]),
        Case(
            "OR", [("logical_op", "or"), ("regex", "log warn"), ("regex", "level high")],
            keeps: [1, 2]),
        Case(
            "AND of excludes",
            [("logical_op", "AND"), ("exclude", "log error"), ("exclude", "level low")],
            keeps: [1, 2, 4]),
        Case(
            "OR of excludes",
            [("logical_op", "OR"), ("exclude", "log warn"), ("exclude", "level high")],
            keeps: [3, 4]),
        Case("numbers as text", [("regex", "code ^-?5")], keeps: [1, 3]),
        Case("fractions as text", [("regex", "rate ^1\\.5$")], keeps: [3]),
        Case("booleans as text", [("regex", "ok ^true$")], keeps: [2]),
        Case("accessor", [("regex", "$in['a'] ^x$")], keeps: [1]),
        Case("accessor without dollar", [("regex", "in['a'] ^x$")], keeps: [1]),
        Case("accessor with index", [("regex", "$in['list'][1] q")], keeps: [1]),
        Case("maps have no text", [("regex", "in .")], keeps: []),
        Case("options", [("regex", "log /ERROR/i")], keeps: [1, 3]),
        Case("pattern with blanks", [("regex", "log error t")], keeps: [3]),
    ])
    func keepsWhatFluentBitKeeps(_ test: Case) throws {
        let filter = try GrepFilter(
            settings: PluginSettings(testing: GrepFilter.info, test.rules))
        var batch = RecordBatch(tag: "t")
        for record in Self.records { try batch.append(json: record) }
        filter.apply(to: &batch)
        let kept = batch.jsonLines().map { $0.dropFirst(5).prefix(1) }
        #expect(kept == test.kept.map { "\($0)" })
        #expect(batch.count == test.kept.count)
    }

    /// Rows as a flow decoder makes them: fixed values, constants and a derivation.
    private func flows() -> RecordBatch {
        let shape = Shape.known(
            columns: [
                Column("src_addr", .address, .row(offset: 0, length: 4)),
                Column("src_mac", .mac, .row(offset: 4, length: 6)),
                Column("bytes", .unsigned, .row(offset: 10, length: 4)),
                Column("exporter", .address, .constant(offset: 0, length: 16)),
                Column("flags", .bytes, .row(offset: 14, length: 2)),
                Column("start", .milliseconds, .constant(offset: 16, length: 8)),
                Column("low_bits", .unsigned, .derived(.bits(of: 2, shift: 0, mask: 1))),
            ], rowLength: 16, hasVariablePart: false, constantsLength: 24)
        var rows: [UInt8] = []
        for number in 0..<4 as Range<UInt8> {
            rows += [10, 0, 0, number, 2, 0, 0, 0, 0, number, 0, 0, 1, number, 0xab, number]
        }
        var constants: [UInt8] = Array(repeating: 0, count: 10) + [0xff, 0xff, 192, 0, 2, 9]
        constants += [0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0]
        var batch = RecordBatch()
        rows.withBytes { rows in
            constants.withBytes {
                batch.append(rows: rows, count: 4, shape: shape, constants: $0)
            }
        }
        return batch
    }

    @Test(arguments: [
        ("src_addr ^10\\.0\\.0\\.[13]$", 2), ("src_mac ^02:00:00:00:00:0[0-2]$", 3),
        ("bytes ^25[67]$", 2), ("exporter 192\\.0\\.2\\.9", 4), ("flags ^ab03$", 1),
        ("start ^2023-11-14T22:13:20.000Z$", 4), ("low_bits ^1$", 2), ("low_bits 2", 0),
    ])
    func matchesTypedValuesAsText(rule: String, count: Int) throws {
        let filter = try GrepFilter(
            settings: PluginSettings(testing: GrepFilter.info, [("regex", rule)]))
        var batch = flows()
        filter.apply(to: &batch)
        #expect(batch.count == count)
    }

    @Test func survivesHostileText() throws {
        let filter = try GrepFilter(
            settings: PluginSettings(testing: GrepFilter.info, [("regex", "log ^(a|aa)+$")]))
        var batch = RecordBatch()
        let text = String(repeating: "a", count: 500)
        try batch.append(json: "{\"log\":\"\(text)!\"}", #"{"log":"aaa"}"#)
        filter.apply(to: &batch)
        #expect(batch.jsonLines() == [#"{"log":"aaa"}"#])
    }

    @Test(arguments: [
        ([("regex", "log [a-")], ErrorCode.invalidPattern, 1),
        ([("regex", "log a"), ("exclude", "$x[ a")], .invalidValue, 2),
        ([("logical_op", "AND"), ("regex", "a b"), ("exclude", "c d")], .conflictingKeys, 1),
    ])
    func refusesBadRules(rules: [(String, String)], code: ErrorCode, line: Int) throws {
        let settings = try PluginSettings(testing: GrepFilter.info, rules)
        let error = #expect(throws: SettingsError.self) { try GrepFilter(settings: settings) }
        #expect(error?.problems.map(\.code) == [code])
        #expect(error?.problems.first?.location.line == line)
    }
}
