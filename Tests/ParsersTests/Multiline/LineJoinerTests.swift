import Core
import Parsers
import TestKit
import Testing

@Suite struct LineJoinerTests {
    /// A joiner and the records that it made.
    private final class Bench {
        let joiner: LineJoiner
        private let containers: ContainerReader?
        private var batch = RecordBatch()
        private(set) var records: [String] = []
        var offset = 0

        init(_ names: [String], limit: Int = 1000, resumed: [Int] = []) throws {
            let (plan, unknown) = MultilinePlan.find(names, in: ParserLibrary.stock)
            try #require(unknown == nil)
            containers = plan.formats.isEmpty ? nil : ContainerReader(formats: plan.formats)
            containers?.received = Timestamp(seconds: 1)
            joiner = LineJoiner(
                containers: containers,
                matcher: plan.rules.isEmpty ? nil : MultilineMatcher(plan.rules), limit: limit,
                resumed: resumed)
        }

        func add(_ line: [UInt8]) {
            line.withBytes { joiner.add($0, at: offset, text: take, record: take) }
            offset += line.count + 1
        }

        func add(_ lines: [String]) { for line in lines { add(Array(line.utf8)) } }

        func flush(dueBy now: Int64? = nil) {
            joiner.flush(dueBy: now, text: take, record: take)
        }

        private func take(_ text: RawSpan, _ start: Int) {
            records.append("\(start) " + text.makeString())
        }

        private func take(_ reader: ContainerReader, _ start: Int) {
            batch.removeAll()
            reader.append(to: &batch)
            records.append("\(start) " + (batch.jsonLines().first ?? "none"))
        }
    }

    /// The records of lines of equal length, so that starts are multiples of it.
    private func records(
        _ names: [String], _ lines: [String], limit: Int = 1000
    ) throws -> [String] {
        let bench = try Bench(names, limit: limit)
        bench.add(lines)
        bench.flush()
        #expect(bench.joiner.start == nil && bench.joiner.places(at: bench.offset) == [])
        return bench.records
    }

    private static func docker(
        _ log: String, _ stream: String = "stdout", second: Int = 1
    ) -> String {
        #"{"log":"\#(log)","stream":"\#(stream)","time":"2024-05-06T07:08:0\#(second)Z"}"#
    }

    private static func cri(
        _ log: String, _ tag: String = "F", _ stream: String = "stdout", second: Int = 1
    ) -> String {
        "2024-05-06T07:08:0\(second).5Z \(stream) \(tag) \(log)"
    }

    private static func made(
        docker log: String, _ stream: String = "stdout", second: Int = 1
    ) -> String {
        #"{"time":"2024-05-06T07:08:0\#(second).000Z","log":"\#(log)","stream":"\#(stream)"}"#
    }

    private static func made(
        cri log: String, _ stream: String = "stdout", second: Int = 1
    ) -> String {
        #"{"time":"2024-05-06T07:08:0\#(second).500Z","stream":"\#(stream)","log":"\#(log)"}"#
    }

    // MARK: Pieces

    @Test func joinsPiecesOfDocker() throws {
        let lines = [
            Self.docker(#"one\n"#), Self.docker("two, ", second: 2),
            Self.docker("three, ", second: 3),
            Self.docker(#"four\n"#, second: 4), Self.docker(#"five\n"#, second: 5),
        ]
        let made = try records(["docker"], lines)
        #expect(
            made.map { $0.drop { $0 != "{" } } == [
                Self.made(docker: #"one\n"#)[...],
                Self.made(docker: #"two, three, four\n"#, second: 2)[...],
                Self.made(docker: #"five\n"#, second: 5)[...],
            ])
        #expect(made[1].hasPrefix("\(lines[0].utf8.count + 1) "))
    }

    @Test func joinsPiecesOfCRI() throws {
        let lines = [
            Self.cri("one"), Self.cri("two, ", "P", second: 2), Self.cri("three, ", "P", second: 3),
            Self.cri("four", second: 4), Self.cri("", second: 5),
            Self.cri("six ", "F:x", second: 6),
        ]
        let made = try records(["cri"], lines).map { $0.drop { $0 != "{" } }
        #expect(
            made == [
                Self.made(cri: "one")[...], Self.made(cri: "two, three, four", second: 2)[...],
                Self.made(cri: "", second: 5)[...], Self.made(cri: "six ", second: 6)[...],
            ])
    }

    @Test(arguments: ["docker", "cri"])
    func keepsStreamsApart(format: String) throws {
        let isDocker = format == "docker"
        func line(_ log: String, _ stream: String, ends: Bool) -> String {
            isDocker
                ? Self.docker(ends ? log + #"\n"# : log, stream)
                : Self.cri(log, ends ? "F" : "P", stream)
        }
        func made(_ log: String, _ stream: String) -> String {
            isDocker ? Self.made(docker: log + #"\n"#, stream) : Self.made(cri: log, stream)
        }
        let lines = [
            line("a1", "stderr", ends: false), line("b1", "stdout", ends: false),
            line("a2", "stderr", ends: false), line("b2", "stdout", ends: true),
            line("c", "stdout", ends: true), line("a3", "stderr", ends: true),
        ]
        #expect(
            try records([format], lines).map { String($0.drop { $0 != "{" }) } == [
                made("b1b2", "stdout"), made("c", "stdout"), made("a1a2a3", "stderr"),
            ])
    }

    @Test(arguments: [
        // Not of these formats.
        "plain", "{", "[]", #"{"a":1}"#, #"{"log":{"a":1}}"#, #"{"log":null}"#,
        "2024-05-06T07:08:09Z stdout X text", "2024-05-06T07:08:09Z stdin F text",
        "yesterday stdout F text", "2024-05-06T07:08:09Z stdout FF text", "  ", "",
    ])
    func leavesOtherLinesAlone(line: String) throws {
        #expect(try records(["docker", "cri"], [line]) == ["0 " + line])
        // Between the pieces of a line, too.
        let first = Self.docker("a")
        let all = try records(["docker", "cri"], [first, line, Self.docker(#"b\n"#)])
        #expect(all == ["\(first.utf8.count + 1) " + line, "0 " + Self.made(docker: #"ab\n"#)])
    }

    @Test(arguments: [
        (#"{"log":"a\n"}"#, #"{"time":"1970-01-01T00:00:01.000Z","log":"a\n"}"#),
        (
            #"{"log":"a\n","time":5}"#,
            #"{"time":"1970-01-01T00:00:01.000Z","log":"a\n","time_text":5}"#
        ),
        (
            #"{"log":"a\n","attrs":{"tag":"x"},"stream":"stdout"}"#,
            #"{"time":"1970-01-01T00:00:01.000Z","log":"a\n","attrs":{"tag":"x"},"stream":"stdout"}"#
        ),
        (
            "2024-05-06T07:08:09.123456789+02:00 stderr F a  b",
            #"{"time":"2024-05-06T05:08:09.123456789Z","stream":"stderr","log":"a  b"}"#
        ),
        (
            "2024-05-06T07:08:09Z stdout F",
            #"{"time":"2024-05-06T07:08:09.000Z","stream":"stdout","log":""}"#
        ),
    ])
    func keepsTheFieldsOfALine(line: String, record: String) throws {
        #expect(try records(["cri", "docker"], [line]) == ["0 " + record])
    }

    @Test func endsALineWithoutEndAtTheLimit() throws {
        let pieces = (0..<10).map { Self.cri("\($0)234567", "P") }
        let made = try records(["cri"], pieces, limit: 20)
        #expect(made.count == 5)
        let texts = made.compactMap { $0.split(separator: "\"").dropLast().last }
        #expect(texts.joined() == (0..<10).map { "\($0)234567" }.joined())
        #expect(texts.allSatisfy { $0.utf8.count <= 20 })
    }

    // MARK: Reports inside containers

    private static let report = [
        "before", "x.Error: y", "\tat a.b(c)", "Caused by: z", "\tat d.e(f)", "after",
    ]

    @Test(arguments: [["docker", "cri", "java"], ["java", "cri", "docker"]])
    func joinsReportsInsideContainers(names: [String]) throws {
        let joined = [
            "before", #"x.Error: y\n\tat a.b(c)\nCaused by: z\n\tat d.e(f)"#, "after",
        ]
        let cri = Self.report.map { Self.cri($0) }
        #expect(
            try records(names, cri).map { String($0.drop { $0 != "{" }) }
                == joined.map { Self.made(cri: $0) })
        let docker = Self.report.map {
            Self.docker($0.replacingTabs + #"\n"#)
        }
        #expect(
            try records(names, docker).map { String($0.drop { $0 != "{" }) }
                == joined.map { Self.made(docker: $0 + #"\n"#) })
        // Lines of no container.
        #expect(try records(names, Self.report).count == 3)
    }

    @Test func joinsPiecesBeforeReports() throws {
        let lines = [
            Self.cri("x.Err", "P"), Self.cri("or: y"), Self.cri("\tat ", "P"), Self.cri("a.b(c)"),
            Self.cri("aft", "P", second: 2), Self.cri("er"),
        ]
        #expect(
            try records(["cri", "java"], lines).map { String($0.drop { $0 != "{" }) } == [
                Self.made(cri: #"x.Error: y\n\tat a.b(c)"#), Self.made(cri: "after", second: 2),
            ])
    }

    @Test func asksSeveralRulesInOrder() throws {
        let lines = [
            "x.Error: y", "\tat a.b(c)", "panic: no", "", "goroutine 1 [running]:", "main.f(0x1)",
            "\t/src/main.go:7", "end",
        ]
        #expect(
            try records(["java", "go"], lines).map { $0.drop { $0 != " " }.dropFirst() } == [
                "x.Error: y\n\tat a.b(c)",
                "panic: no\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\t/src/main.go:7", "end",
            ])
    }

    // MARK: Places and time

    @Test func knowsThePlaceOfEachLane() throws {
        let bench = try Bench(["cri"])
        bench.add([Self.cri("a", "P", "stderr"), Self.cri("b"), "plain"])
        #expect(bench.records.count == 2)
        let places = bench.joiner.places(at: bench.offset)
        #expect(bench.joiner.start == 0)
        #expect(places == [bench.offset, bench.offset, 0, bench.offset])

        // What was a record once is none again.
        let next = try Bench(["cri"], resumed: places)
        next.add([Self.cri("a", "P", "stderr"), Self.cri("b"), "plain"])
        #expect(next.records == [])
        #expect(next.joiner.places(at: next.offset) == places)
        next.add([Self.cri("c", "F", "stderr")])
        #expect(next.records == ["0 " + Self.made(cri: "ac", "stderr")])
        #expect(next.joiner.places(at: next.offset) == [])
    }

    @Test func letsLanesWaitOnTheirOwn() throws {
        let second: Int64 = 1_000_000_000
        let bench = try Bench(["cri"])
        bench.add([Self.cri("a", "P", "stderr")])
        bench.joiner.noteTurn(now: 0)
        #expect(bench.joiner.deadline == 4 * second)
        bench.add([Self.cri("b", "P")])
        bench.joiner.noteTurn(now: 3 * second)
        #expect(bench.joiner.deadline == 4 * second)
        bench.flush(dueBy: 4 * second)
        #expect(bench.records.count == 1 && bench.joiner.deadline == 7 * second)
        bench.add([Self.cri("c")])
        bench.joiner.noteTurn(now: 5 * second)
        #expect(bench.records.count == 2 && bench.joiner.deadline == nil)
    }

    // MARK: Hostile input

    @Test func survivesDamagedLines() throws {
        let lines = [
            Self.docker("two, "), Self.docker(#"th\u00e9\n"#, "stderr"),
            Self.cri("x.Error: y", "P"), Self.cri("\tat a.b(c)"),
        ]
        for line in lines {
            let bytes = Array(line.utf8)
            let bench = try Bench(["docker", "cri", "java", "go"], limit: 300)
            for damaged in Damage.truncations(of: bytes) + Damage.flips(of: bytes, count: 300) {
                bench.add(damaged)
                if let start = bench.joiner.start { #expect(start < bench.offset) }
            }
            bench.flush()
            #expect(bench.joiner.start == nil && !bench.records.isEmpty)
        }
    }
}

extension String {
    fileprivate var replacingTabs: String {
        split(separator: "\t", omittingEmptySubsequences: false).joined(separator: #"\t"#)
    }
}
