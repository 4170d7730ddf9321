import Core
import TestKit
import Testing

@testable import InNetflow

/// Builds structured data (RFC 6313 §4.5).
enum TestList {
    static func basic(_ field: TestField, _ values: [UInt8], semantic: UInt8 = 3) -> [UInt8] {
        [semantic] + field.wire + values
    }

    static func template(_ id: UInt16, _ records: [UInt8], semantic: UInt8 = 3) -> [UInt8] {
        var bytes = WireBytes([semantic])
        bytes.append(id)
        return bytes.bytes + records
    }

    static func multi(
        _ blocks: [(id: UInt16, records: [UInt8])], semantic: UInt8 = 3
    ) -> [UInt8] {
        var bytes = WireBytes([semantic])
        for block in blocks {
            bytes.append(block.id)
            bytes.append(UInt16(block.records.count + 4))
            bytes.append(block.records)
        }
        return bytes.bytes
    }

    /// With its length before it, as a field of variable length has (RFC 7011 §7).
    static func counted(_ list: [UInt8]) -> [UInt8] {
        var bytes = WireBytes()
        if list.count >= 255 {
            bytes.append(UInt8(255))
            bytes.append(UInt16(list.count))
        } else {
            bytes.append(UInt8(list.count))
        }
        return bytes.bytes + list
    }
}

@Suite struct ListDecoderTests {
    /// 256: an address and a port; 257: a name of variable length; 258: the same element twice;
    /// 259: a basicList inside; 260: a subTemplateList inside.
    static let templates: [TestSet] = [
        .ipfixTemplate(256, [TestField(8, 4), TestField(7, 2)]),
        .ipfixTemplate(257, [TestField(371, 65_535)]),
        .ipfixTemplate(258, [TestField(4, 1), TestField(210, 1), TestField(4, 1)]),
        .ipfixTemplate(259, [TestField(5, 1), TestField(291, 65_535)]),
        .ipfixTemplate(260, [TestField(292, 65_535)]),
        // The records: one per form of list.
        .ipfixTemplate(300, [TestField(4, 1), TestField(291, 65_535)]),
        .ipfixTemplate(301, [TestField(4, 1), TestField(292, 65_535)]),
        .ipfixTemplate(302, [TestField(4, 1), TestField(293, 65_535)]),
    ]

    static func feed(_ bench: FlowBench, _ id: UInt16, _ list: [UInt8]) {
        bench.feed(
            TestMessage.ipfix(templates + [.data(id, [6] + TestList.counted(list) + [17, 0])]))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var id: UInt16
        var list: [UInt8]
        var expected: String?
        var problems: [ErrorCode: UInt64]

        init(
            _ name: String, _ id: UInt16, _ list: [UInt8], _ expected: String?,
            _ problems: [ErrorCode: UInt64] = [:]
        ) {
            testDescription = name
            self.id = id
            self.list = list
            self.expected = expected
            self.problems = problems
        }
    }

    private static let endpoint: [UInt8] = [10, 0, 0, 1, 0, 80]
    private static let shown = "{sourceIPv4Address:10.0.0.1,sourceTransportPort:80}"

    /// `count` basicLists, each in the one before.
    private static func nested(_ count: Int) -> [UInt8] {
        (1..<count).reduce(TestList.basic(TestField(4, 1), [6])) { inner, _ in
            TestList.basic(TestField(291, 65_535), TestList.counted(inner))
        }
    }

    static let cases = [
        Case(
            "numbers", 300, TestList.basic(TestField(4, 1), [6, 17]),
            "{semantic:allOf,element:protocolIdentifier,values:[6,17]}"),
        Case(
            "no values", 300, TestList.basic(TestField(10, 4), [], semantic: 0),
            "{semantic:noneOf,element:ingressInterface,values:[]}"),
        Case(
            "addresses", 300,
            TestList.basic(TestField(8, 4), [10, 0, 0, 1, 10, 0, 0, 2], semantic: 4),
            "{semantic:ordered,element:sourceIPv4Address,values:[10.0.0.1,10.0.0.2]}"),
        Case(
            "MAC addresses", 300,
            TestList.basic(TestField(56, 6), [0, 1, 2, 3, 4, 5], semantic: 1),
            "{semantic:exactlyOneOf,element:sourceMacAddress,values:[00:01:02:03:04:05]}"),
        Case(
            "times", 300, TestList.basic(TestField(150, 4), [0, 0, 0, 1], semantic: 2),
            "{semantic:oneOrMoreOf,element:flowStartSeconds,values:[1970-01-01T00:00:01.000Z]}"),
        Case(
            "values of variable length", 300,
            TestList.basic(TestField(371, 65_535), [1, 65, 0, 255, 0, 2, 66, 67]),
            "{semantic:allOf,element:userName,values:[A,,BC]}"),
        Case(
            "an unknown element of an enterprise", 300,
            TestList.basic(TestField(5, 2, enterprise: 99_999), [1, 2, 3, 4], semantic: 255),
            "{semantic:undefined,element:e99999id5,values:[0102,0304]}"),
        Case(
            "an unknown semantic", 300, TestList.basic(TestField(4, 1), [6], semantic: 9),
            "{semantic:9,element:protocolIdentifier,values:[6]}"),
        Case("an empty field", 300, [], nil),
        Case(
            "records", 301, TestList.template(256, endpoint + endpoint),
            "{semantic:allOf,template:256,records:[\(shown),\(shown)]}"),
        Case(
            "no records", 301, TestList.template(256, [], semantic: 0),
            "{semantic:noneOf,template:256,records:[]}"),
        Case(
            "records of variable length", 301, TestList.template(257, [2, 65, 66, 1, 67]),
            "{semantic:allOf,template:257,records:[{userName:AB},{userName:C}]}"),
        Case(
            "repeated elements and padding", 301, TestList.template(258, [6, 0, 17]),
            "{semantic:allOf,template:258,records:[{protocolIdentifier:[6,17]}]}"),
        Case(
            "lists in records", 301,
            TestList.template(
                259, [1] + TestList.counted(TestList.basic(TestField(4, 1), [6])) + [2, 0]),
            "{semantic:allOf,template:259,records:["
                + "{ipClassOfService:1,basicList:{semantic:allOf,element:protocolIdentifier,"
                + "values:[6]}},{ipClassOfService:2,basicList:null}]}"),
        Case(
            "records of an unknown template", 301, TestList.template(999, endpoint),
            "{semantic:allOf,template:999,raw:0a0000010050}", [.flowUnknownListTemplate: 1]),
        Case(
            "records of several templates", 302,
            TestList.multi([(256, endpoint), (999, [1, 2]), (257, [1, 65]), (256, [])]),
            "{semantic:allOf,lists:[{template:256,records:[\(shown)]},{template:999,raw:0102},"
                + "{template:257,records:[{userName:A}]},{template:256,records:[]}]}",
            [.flowUnknownListTemplate: 1]),
        Case("no blocks", 302, TestList.multi([]), "{semantic:allOf,lists:[]}"),
        Case(
            "a list of lists", 300, nested(2),
            "{semantic:allOf,element:basicList,values:["
                + "{semantic:allOf,element:protocolIdentifier,values:[6]}]}"),
        // What contradicts itself stays as it came.
        Case("cut in the header", 300, [3, 0], "0300", [.flowBadList: 1]),
        Case(
            "cut in the enterprise", 300, [3, 0x80, 5, 0, 1, 0], "038005000100",
            [.flowBadList: 1]),
        Case(
            "cut in a value", 300, TestList.basic(TestField(8, 4), [10, 0, 0]),
            "03000800040a0000", [.flowBadList: 1]),
        Case(
            "values of no length", 300, TestList.basic(TestField(8, 0), [1]), "030008000001",
            [.flowBadList: 1]),
        Case(
            "variable value beyond", 300, TestList.basic(TestField(371, 65_535), [5, 65]),
            "030173ffff0541", [.flowBadList: 1]),
        Case("no template", 301, [3, 1], "0301", [.flowBadList: 1]),
        Case(
            "half a record", 301, TestList.template(256, [10, 0, 0]), "0301000a0000",
            [.flowBadList: 1]),
        Case(
            "block shorter than its header", 302, [3, 1, 0, 0, 3], "0301000003",
            [.flowBadList: 1]),
        Case(
            "block beyond the list", 302, [3, 1, 0, 0, 9, 1], "030100000901", [.flowBadList: 1]),
        Case("block header cut", 302, [3, 1, 0], "030100", [.flowBadList: 1]),
    ]

    @Test(arguments: cases)
    func showsStructuredData(_ example: Case) {
        let bench = FlowBench()
        Self.feed(bench, example.id, example.list)
        #expect(bench.records.map { $0["proto"] } == ["6", "17"])
        let member =
            "ie."
            + [300: "basicList", 301: "subTemplateList"][
                example.id, default: "subTemplateMultiList"]
        #expect(bench.records.first?[member] == example.expected)
        #expect(bench.records.last?[member] == nil)
        #expect(bench.problems == example.problems)
    }

    @Test func readsListsOfFixedLengthInOptionsToo() {
        var options = NetflowDecoder.Options()
        options.emitsOptions = true
        let bench = FlowBench(options)
        let list = TestList.basic(TestField(4, 1), [6, 17])
        let fields = [TestField(149, 4), TestField(291, UInt16(list.count)), TestField(5, 1)]
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, fields), .data(256, [0, 0, 0, 1] + list + [9]),
                .ipfixOptions(257, scopeCount: 1, fields), .data(257, [0, 0, 0, 1] + list + [9]),
            ]))
        let shown = "{semantic:allOf,element:protocolIdentifier,values:[6,17]}"
        #expect(bench.records.map { $0["ie.basicList"] } == [shown, shown])
        #expect(bench.records.map { $0["ip_tos"] } == ["9", nil])
    }

    @Test func showsListsOfOneElementTwiceAsAnArray() {
        let bench = FlowBench()
        let lists = [6, 17].flatMap { TestList.counted(TestList.basic(TestField(4, 1), [$0])) }
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(291, 65_535), TestField(291, 65_535)]),
                .data(256, lists),
            ]))
        #expect(
            bench.records.first?["ie.basicList"]
                == "[{semantic:allOf,element:protocolIdentifier,values:[6]},"
                + "{semantic:allOf,element:protocolIdentifier,values:[17]}]")
    }

    @Test func keepsListsOfNetflowV9AsBytes() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.v9([
                .v9Template(256, [TestField(291, 4)]), .data(256, [3, 0, 4, 0]),
            ]))
        #expect(bench.records.first?["ie.basicList"] == "03000400")
    }

    // MARK: Hostile input

    @Test func boundsTheDepth() {
        for depth in 1...20 {
            let bench = FlowBench()
            Self.feed(bench, 300, Self.nested(depth))
            #expect(bench.records.count == 2)
            let isTooDeep = depth > ListDecoder.depthLimit
            #expect(bench.problems == (isTooDeep ? [.flowBadList: 1] : [:]))
        }
    }

    /// A template whose records hold lists of its own records.
    @Test func boundsTemplatesThatNameThemselves() {
        let bench = FlowBench()
        var list = TestList.template(260, [])
        for _ in 0..<50 { list = TestList.template(260, TestList.counted(list)) }
        Self.feed(bench, 301, list)
        #expect(bench.records.count == 2)
        #expect(bench.problems == [.flowBadList: 1])
    }

    @Test func boundsTheValuesOfADatagram() {
        let bench = FlowBench()
        Self.feed(bench, 300, TestList.basic(TestField(4, 1), Array(repeating: 6, count: 16_384)))
        #expect(bench.problems.isEmpty)
        Self.feed(bench, 300, TestList.basic(TestField(4, 1), Array(repeating: 6, count: 16_385)))
        #expect(bench.problems == [.flowAmplification: 1])
        #expect(bench.records.count == 4)
        let values = bench.records.map { $0["ie.basicList"]?.hasPrefix("{") }
        #expect(values == [true, nil, false, nil])
    }

    /// The least bytes for the longest names.
    @Test func boundsTheBytesThatAListBecomes() {
        let bench = FlowBench()
        let list = TestList.template(258, Array(repeating: 6, count: 60_000))
        Self.feed(bench, 301, list)
        #expect(bench.problems == [.flowAmplification: 1])
        #expect(bench.records.first?["ie.subTemplateList"]?.count == list.count * 2)
    }

    @Test func accountsForWhatListsAddToTemplates() {
        let bench = FlowBench()
        bench.feed(TestMessage.ipfix(Self.templates))
        let before = bench.decoder.storedBytes
        Self.feed(bench, 301, TestList.template(256, Self.endpoint))
        let after = bench.decoder.storedBytes
        #expect(after > before)
        Self.feed(bench, 301, TestList.template(256, Self.endpoint))
        #expect(bench.decoder.storedBytes == after)
    }

    @Test(arguments: cases)
    func survivesTruncationAtEveryByteAndFlippedBits(_ example: Case) {
        let bench = FlowBench()
        bench.feed(TestMessage.ipfix(Self.templates))
        for cut in Damage.truncations(of: example.list) { Self.feed(bench, example.id, cut) }
        for damaged in Damage.flips(of: example.list, count: 100, seed: 3) {
            Self.feed(bench, example.id, damaged)
        }
        let message = TestMessage.ipfix(
            Self.templates + [.data(example.id, [6] + TestList.counted(example.list))])
        for damaged in Damage.flips(of: message, count: 100, seed: 4) { bench.feed(damaged) }
        Self.feed(bench, example.id, example.list)
    }
}
