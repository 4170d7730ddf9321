import Core
import TestKit
import Testing

@testable import Parsers

@Suite struct EntryJoinerTests {
    /// A message of one sender: its second, and the line.
    typealias Message = (second: Double, line: String)

    /// Reads messages with one sender's state; the records, and how many came with each message.
    func read(
        _ messages: [Message], joinsPieces: Bool = true, finish: Bool = true
    ) -> (records: [[String: String]], counts: [Int]) {
        let parser = RouterOSParser()
        var sender = RouterOSSender(joinsPieces: joinsPieces)
        var batch = RecordBatch()
        var counts: [Int] = []
        for message in messages {
            let source = PayloadSource(
                peer: Endpoint(address: .loopback, port: 514), transport: .udp,
                received: Self.moment(message.second))
            let outcome = Array(message.line.utf8).withBytes {
                parser.decode($0, from: source, of: &sender, into: &batch)
            }
            counts.append(outcome.records)
        }
        if finish { counts.append(parser.finish(&sender, into: &batch)) }
        #expect(counts.reduce(0, +) == batch.count)
        return (ParsersTests.records(batch), counts)
    }

    static func moment(_ second: Double) -> Timestamp {
        Timestamp(
            nanoseconds: RouterOSParserTests.received.nanoseconds + Int64(second * 1_000_000_000))
    }

    static let header = "system,info "
    /// Cut at 240 bytes.
    static let cut = 240
    static let command =
        "script changed by tcp-msg(winbox):ops@192.0.2.7/terminal/action:5 (*3 = /system script set"
        + " *3 source=\"" + String(repeating: "a;b ", count: 100) + "\" password=hush name=c)"

    /// A text as the router sends it: in pieces of `cut` bytes.
    static func pieces(_ text: String, header: String = header, second: Double = 0) -> [Message] {
        var pieces: [Message] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            pieces.append((second, header + rest.prefix(cut)))
            rest = rest.dropFirst(cut)
        }
        return pieces
    }

    @Test(arguments: [
        "system,info ", "<30>Oct 12 00:00:00 r1 system,info ", "<30>Oct 12 00:00:00 r1 ",
        "<30>2026-10-12T00:00:00.25+00:00 my router system,info ",
    ])
    func joinsCommands(header: String) {
        let pieces = Self.pieces(Self.command, header: header)
        #expect(pieces.count == 3)
        let (records, counts) = read(pieces)
        #expect(counts == [0, 0, 1, 0])
        let record = records.first ?? [:]
        #expect(
            record["message"]
                == Self.command.replacing("password=hush", with: "password=***"))
        #expect(record["event"] == "config_change")
        #expect(record["joined"] == "3")
        #expect(record["command"]?.hasSuffix("name=c") == true)
        #expect(record["time_received"] == "2026-10-12T00:00:00")
    }

    @Test func joinsCEF() {
        let header =
            "2026-10-12T00:00:00.000+0000 r CEF:0|MikroTik|RB|7.24|10|system,info|Low|dvchost=r msg="
        let escaped = Self.pieces(Self.command, header: "").map { message in
            (message.second, header + message.line.replacing("=", with: "\\="))
        }
        let record = read(escaped).records.first ?? [:]
        #expect(record["joined"] == "3")
        #expect(record["fields"] == "{dvchost:r}")
        #expect(record["user_name"] == "ops")
        #expect(record["message"]?.contains("hush") == false)
    }

    @Test func masksSecretsThatAreCut() {
        let text =
            "ppp secret changed by ops@192.0.2.7 (/ppp secret set a comment="
            + String(repeating: "c", count: Self.cut - 72) + " password=hushhush)"
        let (records, _) = read(Self.pieces(text))
        #expect(records.count == 1)
        #expect(records.first?["message"]?.hasSuffix(" password=***)") == true)
    }

    @Test func leavesPiecesAloneWhenTold() {
        let (records, counts) = read(Self.pieces(Self.command), joinsPieces: false)
        #expect(counts == [1, 1, 1, 0])
        #expect(records.allSatisfy { $0["joined"] == nil })
        #expect(records.allSatisfy { $0["message"]?.contains("hush") == false })
    }

    @Test func letsOthersPass() {
        var messages = Self.pieces(Self.command)
        let firewall =
            "firewall,info input: in:a out:b, proto UDP, 10.0.0.1:1->10.0.0.2:2, len 9"
        messages.insert((0, firewall), at: 1)
        messages.insert((0, "interface,info ether1 link down"), at: 2)
        let (records, counts) = read(messages)
        #expect(counts == [0, 1, 1, 0, 1, 0])
        #expect(records.map { $0["joined"] } == [nil, nil, "3"])
    }

    /// Each loses its second piece; the next message is none of it.
    @Test(arguments: [
        (0.1, "system,info filter rule changed by admin"), (0.1, "system,error,critical text"),
        (0.1, "system,info ppp secret changed by b (/ppp secret set c)"),
    ])
    func keepsOthersApart(next: Message) {
        let (records, counts) = read([Self.pieces(Self.command)[0], next])
        #expect(counts == [0, 1, 1])
        #expect(records.allSatisfy { $0["joined"] == nil })
    }

    @Test func endsAfterASecond() {
        let pieces = Self.pieces(Self.command)
        let (records, counts) = read([pieces[0], (1.1, pieces[1].line)])
        #expect(counts == [0, 2, 0])
        #expect(records.allSatisfy { $0["joined"] == nil })
    }

    @Test func isTendedInTime() {
        let parser = RouterOSParser()
        var sender = RouterOSSender()
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 514), transport: .tls,
            received: Self.moment(0))
        Array(Self.pieces(Self.command)[0].line.utf8).withBytes {
            _ = parser.decode($0, from: source, of: &sender, into: &batch)
        }
        #expect(sender.isHolding)
        #expect(parser.tend(&sender, at: Self.moment(0.5), into: &batch) == 0)
        #expect(parser.tend(&sender, at: Self.moment(1), into: &batch) == 1)
        #expect(!sender.isHolding)
        #expect(parser.finish(&sender, into: &batch) == 0)
        #expect(batch.count == 1)
    }

    /// What a command has shown about where the sender cuts holds for other texts, too.
    @Test func learnsWhereASenderCuts() {
        let text = String(repeating: "word ", count: 99) + "end"
        let script = Self.pieces(text, header: "script,info ", second: 5)
        #expect(read(script).records.count == 3)
        let (records, _) = read(Self.pieces(Self.command) + script)
        #expect(records.map { $0["joined"] } == ["3", "3"])
        #expect(records.last?["message"] == text)
    }

    @Test func joinsDumps() {
        let topics = "radius,debug,packet "
        let lines = [
            "received Access-Accept with id 64 from 192.0.2.3:1812",
            "    Signature = 0x12", "    Framed-IP-Address = 100.64.0.17",
        ]
        let other = "sending Access-Request with id 65 to 192.0.2.3:1812"
        let messages = (lines + [other]).map { (0.0, topics + $0) }
        let (records, counts) = read(messages)
        #expect(counts == [0, 0, 0, 1, 1])
        #expect(records.map { $0["message"] } == [lines.joined(separator: "\n"), other])
        #expect(records.map { $0["event"] } == ["radius", "radius"])
        #expect(records.map { $0["packet_id"] } == ["64", "65"])
        #expect(records.map { $0["joined"] } == ["3", nil])
    }

    @Test func holdsNoQueriesOfNames() {
        #expect(read([(0, "dns,packet local query: #1 example.com. A")]).counts == [1, 0])
    }

    @Test func isBounded() {
        let line = "radius,debug,packet     " + String(repeating: "x", count: 4000)
        let head = (0.0, "radius,debug,packet received Access-Accept with id 1 from 192.0.2.3:1")
        let long = read([head] + (0..<40).map { _ in (0, line) }).records
        #expect(long.count > 1)
        #expect(long.allSatisfy { ($0["message"]?.utf8.count ?? 0) <= EntryJoiner.byteLimit })
        let many = read([head] + (0..<300).map { _ in (0, "radius,debug,packet     a = b") })
            .records
        #expect(many.first?["joined"] == "\(EntryJoiner.pieceLimit)")
        #expect(many.count == 1 + 301 - EntryJoiner.pieceLimit)
    }

    /// No byte is lost and none comes twice, however texts are cut.
    @Test(arguments: 0..<40)
    func keepsEveryByte(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var messages: [Message] = []
        var expected = 0
        for index in 0..<60 {
            let header =
                ["system,info ", "script,debug ", "ppp,info "].randomElement(
                    using: &random) ?? ""
            let count = [10, Self.cut, Self.cut, 230, 300].randomElement(using: &random) ?? 0
            var text =
                [
                    "x changed by a (/x ", "  ", "text ", "",
                ].randomElement(using: &random) ?? ""
            text += String(repeating: "z", count: count)
            if Bool.random(using: &random) { text += ")" }
            expected += text.utf8.filter { $0 == UInt8(ascii: "z") }.count
            messages.append((Double(index) / 20, header + text))
        }
        let (records, _) = read(messages)
        let found = records.reduce(0) { sum, record in
            sum + (record["message"] ?? "").utf8.filter { $0 == UInt8(ascii: "z") }.count
        }
        #expect(found == expected)
        let joined = records.reduce(0) { $0 + (Int($1["joined"] ?? "1") ?? 0) }
        #expect(joined == messages.count)
    }
}
