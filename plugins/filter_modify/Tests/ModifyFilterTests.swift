import Core
import FilterModify
import TestKit
import Testing

struct ModifyFilterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var rules: [(String, String)]
        var input: String
        var output: String

        init(_ rules: [(String, String)], _ input: String, _ output: String) {
            self.rules = rules
            self.input = input
            self.output = output
        }

        var testDescription: String {
            rules.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + " on \(input)"
        }
    }

    private func run(_ rules: [(String, String)], _ inputs: String...) throws -> [String] {
        let filter = try ModifyFilter(
            settings: PluginSettings(testing: ModifyFilter.info, rules))
        var batch = RecordBatch(tag: "t")
        for input in inputs { try batch.append(json: input) }
        filter.apply(to: &batch)
        return batch.jsonLines()
    }

    @Test(arguments: [
        Case([("set", "a 9")], #"{"a":1,"b":2}"#, #"{"b":2,"a":"9"}"#),
        Case([("set", "c x y")], #"{"a":1}"#, #"{"a":1,"c":"x y"}"#),
        Case([("set", "c \"x  y\"")], #"{"a":1}"#, #"{"a":1,"c":"x  y"}"#),
        Case([("set", "'my key' 'it\\'s'")], #"{"a":1}"#, #"{"a":1,"my key":"it's"}"#),
        Case([("add", "a 9")], #"{"a":1}"#, #"{"a":1}"#),
        Case([("add", "a 9")], #"{"a":null,"b":2}"#, #"{"a":"9","b":2}"#),
        Case([("add", "c 9")], #"{"a":1}"#, #"{"a":1,"c":"9"}"#),
        Case([("remove", "a")], #"{"a":1,"b":2}"#, #"{"b":2}"#),
        Case([("remove", "x")], #"{"a":1}"#, #"{"a":1}"#),
        Case([("remove_wildcard", "ab")], #"{"abc":1,"ab":2,"xab":3}"#, #"{"xab":3}"#),
        Case([("remove_wildcard", "ab*")], #"{"abc":1,"ab":2,"xab":3}"#, #"{"xab":3}"#),
        Case([("remove_regex", "^a.c$")], #"{"abc":1,"ab":2,"axc":3}"#, #"{"ab":2}"#),
        Case([("rename", "a z")], #"{"a":1,"b":2}"#, #"{"z":1,"b":2}"#),
        Case([("rename", "a b")], #"{"a":1,"b":2}"#, #"{"a":1,"b":2}"#),
        Case([("rename", "x b")], #"{"a":1,"b":2}"#, #"{"a":1,"b":2}"#),
        Case([("rename", "a b")], #"{"a":1,"b":null}"#, #"{"b":1}"#),
        Case([("rename", "a a")], #"{"a":1}"#, #"{"a":1}"#),
        Case([("hard_rename", "a b")], #"{"a":1,"c":3,"b":2}"#, #"{"b":1,"c":3}"#),
        Case([("hard_rename", "a b")], #"{"a":null,"b":2}"#, #"{"b":2}"#),
        Case([("hard_rename", "x b")], #"{"b":2}"#, #"{"b":2}"#),
        Case([("copy", "a z")], #"{"a":1,"b":2}"#, #"{"a":1,"z":1,"b":2}"#),
        Case([("copy", "a b")], #"{"a":1,"b":2}"#, #"{"a":1,"b":2}"#),
        Case([("copy", "a b")], #"{"a":1,"b":null}"#, #"{"a":1,"b":1}"#),
        Case([("hard_copy", "a b")], #"{"a":1,"c":3,"b":2}"#, #"{"a":1,"b":1,"c":3}"#),
        Case([("hard_copy", "a b")], #"{"a":null,"b":2}"#, #"{"b":2}"#),
        Case(
            [("move_to_start", "c")], #"{"a":1,"c1":2,"b":3,"c2":4}"#,
            #"{"c1":2,"c2":4,"a":1,"b":3}"#),
        Case(
            [("move_to_end", "c*")], #"{"c1":1,"a":2,"c2":3,"b":4}"#,
            #"{"a":2,"b":4,"c1":1,"c2":3}"#),
        // In the order of the file.
        Case(
            [("rename", "a b"), ("add", "a 9"), ("remove", "b"), ("copy", "a c")], #"{"a":1}"#,
            #"{"a":"9","c":"9"}"#),
        Case(
            [("add", "b 1"), ("rename", "b c"), ("set", "b 2")], #"{"a":1}"#,
            #"{"a":1,"c":"1","b":"2"}"#),
        // A chain of derivations over null values.
        Case(
            [("add", "b fallback"), ("rename", "b c"), ("hard_copy", "c d"), ("remove", "c")],
            #"{"b":null,"d":5}"#, #"{"d":"fallback"}"#),
        Case(
            [("rename", "m n"), ("move_to_start", "n")], #"{"a":1,"m":{"x":[1]}}"#,
            #"{"n":{"x":[1]},"a":1}"#),
    ])
    func changesRecordsAsFluentBitDoes(_ test: Case) throws {
        #expect(try run(test.rules, test.input) == [test.output])
    }

    @Test(arguments: [
        ("key_exists a", [1, 2]), ("key_does_not_exist a", [3, 4]),
        ("Key_Exists $m['x']", [3]), ("key_does_not_exist $m['x']", [1, 2, 4]),
        ("a_key_matches ^b", [2, 4]), ("no_key_matches ^b", [1, 3]),
        ("key_value_equals a 1", [1]), ("key_value_equals b \"two words\"", [2]),
        ("key_value_does_not_equal a 1", [2]), ("key_value_matches a ^[12]$", [1, 2]),
        ("key_value_matches $m['x'] 7", [3]), ("key_value_does_not_match a 2", [1]),
        ("key_value_does_not_match x 2", []),
        ("matching_keys_have_matching_values ^[ab] ^[0-9]", [1, 3, 4]),
        ("matching_keys_do_not_have_matching_values ^[ab] ^[0-9]", [2]),
    ])
    func changesOnlyRecordsThatMeetTheCondition(condition: String, met: [Int]) throws {
        let lines = try run(
            [("condition", condition), ("set", "hit yes")], #"{"n":1,"a":1}"#,
            #"{"n":2,"a":"2","b":"two words"}"#, #"{"n":3,"m":{"x":7}}"#,
            #"{"n":4,"a":null,"bytes":"3"}"#)
        let hits = lines.enumerated().filter { $0.element.contains("\"hit\":\"yes\"") }
        #expect(hits.map { $0.offset + 1 } == met)
    }

    @Test func allConditionsMustHoldBeforeTheFirstRule() throws {
        let rules = [
            ("remove", "a"), ("condition", "key_exists a"), ("condition", "key_exists b"),
            ("set", "c 1"),
        ]
        let lines = try run(rules, #"{"a":1}"#, #"{"a":1,"b":2}"#)
        #expect(lines == [#"{"a":1}"#, #"{"b":2,"c":"1"}"#])
    }

    @Test func decidesForEachRecordOfAShape() throws {
        // One shape for all rows, with a slot that is null in some.
        var batch = RecordBatch()
        let shape = Shape.known(
            columns: [
                Column("host", .text, .slot(offset: 0)), Column("peer", .text, .slot(offset: 8)),
            ], rowLength: 16, hasVariablePart: true, constantsLength: 0)
        for (host, peer) in [("h", "p"), (nil, "p"), ("h", nil), (nil, nil)] {
            batch.continueRun(shape)
            batch.beginRow(rowLength: 16, isVariable: true)
            for (offset, text) in [(0, host), (8, peer)] {
                guard let text else {
                    batch.storeNullSlot(at: offset)
                    continue
                }
                let start = Array(text.utf8).withBytes {
                    batch.appendVariable($0, rowLength: 16)
                }
                batch.storeSlot(at: offset, start: start, count: 1)
            }
            batch.endRow(isVariable: true)
        }
        let filter = try ModifyFilter(
            settings: PluginSettings(
                testing: ModifyFilter.info, [("rename", "peer host"), ("add", "peer none")]))
        filter.apply(to: &batch)
        #expect(
            batch.jsonLines() == [
                #"{"host":"h","peer":"p"}"#, #"{"host":"p","peer":"none"}"#,
                #"{"host":"h","peer":"none"}"#, #"{"peer":"none"}"#,
            ])
    }

    /// A flow-like shape: hidden arguments, derivations of derivations, map members, constants.
    private func flows() -> RecordBatch {
        let shape = Shape.known(
            columns: [
                Column("uptime", .unsigned, .constant(offset: 0, length: 4), hidden: true),
                Column("exported", .seconds, .constant(offset: 4, length: 4)),
                Column("ticks", .unsigned, .row(offset: 0, length: 4), hidden: true),
                Column("start", .nanoseconds, .derived(.uptime(ticks: 2, uptime: 0, exported: 1))),
                Column(
                    "age", .unsigned, .derived(.elapsedMilliseconds(from: 3, to: 1))),
                Column("ie", member: "one", .unsigned, .row(offset: 4, length: 1)),
                Column("ie", member: "two", .unsigned, .row(offset: 5, length: 1)),
                Column("vlan", .unsigned, .row(offset: 6, length: 2), zeroIsNull: true),
            ], rowLength: 8, hasVariablePart: false, constantsLength: 8, timeColumn: 3)
        var batch = RecordBatch()
        let rows: [UInt8] = [0, 0, 0x03, 0xe8, 1, 2, 0, 0] + [0, 0, 0x07, 0xd0, 3, 4, 0, 9]
        let constants: [UInt8] = [0, 0, 0x0b, 0xb8] + [0, 0, 0, 100]
        rows.withBytes { rows in
            constants.withBytes {
                batch.append(rows: rows, count: 2, shape: shape, constants: $0)
            }
        }
        return batch
    }

    @Test(arguments: [
        (
            [("move_to_start", "age"), ("remove", "exported")],
            #"{"age":1000,"start":"1970-01-01T00:01:39.000Z","ie":{"one":3,"two":4},"vlan":9}"#
        ),
        (
            [("remove", "start"), ("rename", "ie extra"), ("remove", "vlan")],
            #"{"exported":"1970-01-01T00:01:40.000Z","age":1000,"extra":{"one":3,"two":4}}"#
        ),
        (
            [("hard_copy", "age exported"), ("remove", "ie"), ("copy", "start end")],
            #"{"start":"1970-01-01T00:01:39.000Z","end":"1970-01-01T00:01:39.000Z","age":1000,"#
                + #""exported":1000,"vlan":9}"#
        ),
        (
            [("add", "vlan 0"), ("add", "ie x"), ("remove_wildcard", "e"), ("remove", "start")],
            #"{"age":1000,"ie":{"one":3,"two":4},"vlan":9}"#
        ),
    ])
    func keepsDerivationsWhole(rules: [(String, String)], second: String) throws {
        let filter = try ModifyFilter(
            settings: PluginSettings(testing: ModifyFilter.info, rules))
        var batch = flows()
        filter.apply(to: &batch)
        #expect(batch.jsonLines().last == second)
        var times: [Int64?] = []
        batch.forEachRow { times.append($0.eventTime?.seconds) }
        #expect(times == [98, 99])
    }

    @Test func keepsTheShapeWhenNothingChanges() throws {
        let filter = try ModifyFilter(
            settings: PluginSettings(
                testing: ModifyFilter.info, [("remove", "nothing"), ("rename", "no way")]))
        var batch = flows()
        let shape = batch.runs[0].shape
        filter.apply(to: &batch)
        #expect(batch.runs[0].shape === shape)
    }

    @Test(arguments: [
        ([("condition", "key_exist a")], ErrorCode.unknownChoice),
        ([("condition", "key_value_equals a")], .invalidValue),
        ([("condition", "a_key_matches [")], .invalidPattern),
        ([("condition", "key_exists $a[")], .invalidValue),
        ([("remove_regex", "(")], .invalidPattern),
        ([("set", "\"one word\"")], .invalidValue),
    ])
    func refusesBadRules(rules: [(String, String)], code: ErrorCode) throws {
        let settings = try PluginSettings(testing: ModifyFilter.info, rules)
        let error = #expect(throws: SettingsError.self) { try ModifyFilter(settings: settings) }
        #expect(error?.problems.map(\.code) == [code])
    }

    @Test func reportsAllProblemsAtOnce() throws {
        let settings = try PluginSettings(
            testing: ModifyFilter.info, [("remove_regex", "("), ("condition", "nonsense x")])
        let error = #expect(throws: SettingsError.self) { try ModifyFilter(settings: settings) }
        #expect(error?.problems.map(\.location.line) == [1, 2])
    }
}
