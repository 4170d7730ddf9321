import Core
import Net
import TestKit
import Testing

@testable import Messages

@Suite struct MessageIntakeTests {
    static let line = "<34>Oct 11 22:14:15 edge su: 'su root' failed"

    @Test func saysNothingOfOrdinarySenders() throws {
        let record = try IntakeBench("").take(Self.line)
        #expect(record.contains(#""hostname":"edge""#))
        for field in ["source_name", "relay_address", "encoding", "original_length", "tls_peer"] {
            #expect(!record.contains(field))
        }
    }

    @Test(arguments: [
        // The options, the message, the sender, what its record holds.
        (
            "sources: [{address: 192.0.2.0/24, name: site-a}, {address: 192.0.2.7, name: core}]",
            line, "192.0.2.7", #""source_name":"core""#
        ),
        (
            "sources: [{address: [198.51.100.1, 192.0.2.0/24], name: site-a}]", line, "192.0.2.9",
            #""source_name":"site-a""#
        ),
        (
            "sources: [{address: '2001:db8::/32', name: six}]", line, "2001:db8::7",
            #""source_name":"six""#
        ),
        (
            "sources: [{address: 192.0.2.7, hostname: 'Rapid Net'}]", line, "192.0.2.7",
            #""hostname":"Rapid Net""#
        ),
        (
            "sources: [{address: 192.0.2.7, time_zone: '+02:00'}]", line, "192.0.2.7",
            #""time":"2026-10-11T20:14:15"#
        ),
        (
            "sources: [{address: 192.0.2.7, parser: json}]", #"{"a":1}"#, "192.0.2.7", #""a":1"#
        ),
        (
            "sources: [{address: 192.0.2.7, parser: routeros, time_zone: '+02:00'}]",
            "system,info,account user admin logged in from 10.0.0.9 via winbox", "192.0.2.7",
            #""event":"login""#
        ),
        (
            "sources: [{address: 192.0.2.7, parser: routeros, hostname: Rapid Net}]",
            "<30>Oct 11 22:14:15 Rapid Net ether1 link down", "192.0.2.7",
            #""event":"link_down""#
        ),
    ])
    func treatsSendersAsTheSourceMapSays(
        options: String, message: String, sender: String, expected: String
    ) throws {
        let record = try IntakeBench(options).take(message, from: IntakeBench.source(sender))
        #expect(record.contains(expected), "\(record)")
    }

    @Test func givesOthersTheInputsOwnTreatment() throws {
        let bench = try IntakeBench("sources: [{address: 192.0.2.7, name: core, parser: json}]")
        let record = bench.take(Self.line, from: IntakeBench.source("192.0.2.8"))
        #expect(record.contains(#""app_name":"su""#) && !record.contains("source_name"))
    }

    @Test func keepsWhatAChosenParserRefuses() throws {
        let bench = try IntakeBench("sources: [{address: 192.0.2.7, parser: json, name: core}]")
        let record = bench.take(Self.line)
        #expect(record.contains(#""message":"<34>Oct 11"#))
        #expect(record.contains(#""source_name":"core""#))
        #expect(bench.problems() == [.parserBadJSON: 1])
    }

    // MARK: Dropped messages

    @Test func countsWhomItRefuses() throws {
        let bench = try IntakeBench("allow: [198.51.100.0/24, '2001:db8::/32']")
        #expect(bench.take(Self.line) == "")
        #expect(bench.problems() == [.senderRefused: 1])
        #expect(bench.take(Self.line, from: IntakeBench.source("198.51.100.9")) != "")
        #expect(bench.take(Self.line, from: IntakeBench.source("2001:db8::1")) != "")
    }

    @Test func countsEmptyMessages() throws {
        let bench = try IntakeBench("")
        for message in ["", "\n", "\r\n\0"] { #expect(bench.take(message) == "") }
        #expect(bench.problems() == [.syslogEmpty: 3])
    }

    @Test func dropsWhatIsBeyondASendersRateAndCountsIt() throws {
        let bench = try IntakeBench(
            """
            rate_limit: 10
            rate_burst: 3
            sources: [{address: 192.0.2.8, rate_limit: 1000}]
            """)
        func send(_ count: Int, _ sender: String, after: Int64) -> Int {
            (0..<count).filter { _ in
                bench.take(Self.line, from: IntakeBench.source(sender, after: after)) != ""
            }.count
        }
        #expect(send(5, "192.0.2.7", after: 0) == 3)
        // 100 ms bring one more.
        #expect(send(5, "192.0.2.7", after: 100) == 1)
        #expect(send(5, "192.0.2.9", after: 100) == 3)
        #expect(send(50, "192.0.2.8", after: 100) == 50)
        #expect(bench.problems() == [.senderRateLimited: 6])
        let counted = bench.ledger.snapshot.first { $0.name == "192.0.2.7" }
        #expect(counted?.payloads == 10 && counted?.records == 4)
    }

    @Test func remembersWhoIsHeardOfAndForgetsTheSilent() throws {
        let bench = try IntakeBench("{sender_limit: 4, rate_limit: 1}")
        func isTaken(_ sender: String) -> Bool {
            bench.take(Self.line, from: IntakeBench.source(sender)) != ""
        }
        #expect(isTaken("192.0.2.1") && isTaken("192.0.2.2"))
        // Who has used up his rate cannot send again because of others.
        for other in 10..<30 {
            #expect(isTaken("192.0.2.\(other)"))
            #expect(!isTaken("192.0.2.1"))
        }
        #expect(isTaken("192.0.2.2"))
    }

    @Test func forgetsNobodyWithinTheLimit() throws {
        let bench = try IntakeBench("{sender_limit: 4, rate_limit: 1}")
        for round in 0..<10 {
            for sender in 1...4 {
                let record = bench.take(Self.line, from: IntakeBench.source("192.0.2.\(sender)"))
                #expect((record != "") == (round == 0))
            }
        }
    }

    @Test func countsSendersBeyondTheLimitTogether() throws {
        let bench = try IntakeBench("sender_limit: 2")
        for sender in 1...5 {
            _ = bench.take(Self.line, from: IntakeBench.source("192.0.2.\(sender)"))
        }
        bench.intake.endRound()
        #expect(bench.ledger.snapshot.map(\.name) == ["192.0.2.1", "192.0.2.2", "others"])
        #expect(bench.ledger.snapshot.map(\.payloads) == [1, 1, 3])
    }

    // MARK: Texts

    @Test(arguments: [
        // windows-1252, windows-1251, GB 18030, ISO 8859-15.
        ("windows-1252", [0x63, 0x61, 0x66, 0xe9, 0x80] as [UInt8], "café€"),
        ("windows-1251", [0xcf, 0xf0, 0xe8], "При"),
        ("gb18030", [0xc4, 0xe3, 0xba, 0xc3], "你好"),
        ("iso-8859-15", [0xa4], "€"),
    ])
    func convertsTexts(charset: String, text: [UInt8], expected: String) throws {
        let bench = try IntakeBench("charset: \(charset)")
        let record = bench.take(Array("<34>Oct 11 22:14:15 edge su: ".utf8) + text)
        #expect(record.first?.contains(#""message":"\#(expected)""#) == true, "\(record)")
        #expect(record.first?.contains(#""encoding":"\#(charset)""#) == true)
        #expect(bench.problems().isEmpty)
    }

    @Test func leavesUTF8AsItIs() throws {
        let record = try IntakeBench("charset: windows-1252").take(Self.line + " für 你好")
        #expect(record.contains("für 你好") && !record.contains("encoding"))
    }

    @Test(arguments: ["", "charset: gb18030"])
    func flagsTextsOfNoKnownCharacterSet(options: String) throws {
        let bench = try IntakeBench(options)
        let record = bench.take(Array("<34>Oct 11 22:14:15 edge su: ".utf8) + [0xff, 0x41])
        #expect(record.first?.contains(#""encoding":"invalid""#) == true)
        #expect(record.first?.contains(#""message":"\#u{fffd}A""#) == true, "\(record)")
        #expect(bench.problems() == [.textBadEncoding: 1])
    }

    @Test func cutsLongMessagesBetweenCharacters() throws {
        let bench = try IntakeBench("message_limit: 64")
        let message = Self.line + String(repeating: "é", count: 30)
        let record = bench.take(message)
        // 45 bytes stand before the letters, of which nine and a half would fit.
        #expect(record.contains("failed" + String(repeating: "é", count: 9) + #"""#), "\(record)")
        #expect(record.contains(#""truncated":true"#))
        #expect(record.contains(#""original_length":105"#))
        #expect(bench.problems() == [.syslogTooLong: 1])
    }

    // MARK: Numbers of messages

    @Test(
        arguments: [
            // Numbers in the order they come; what is told of them.
            ([1, 2, 3, 4], SequenceLoss.Snapshot()),
            ([7, 8, 12, 13], SequenceLoss.Snapshot(lost: 3)),
            ([7, 9, 8, 10], SequenceLoss.Snapshot(late: 1)),
            ([7, 8, 8, 9], SequenceLoss.Snapshot(duplicates: 1)),
            ([2_147_483_646, 2_147_483_647, 1, 2], SequenceLoss.Snapshot()),
            ([2_147_483_645, 3], SequenceLoss.Snapshot(lost: 4)),
        ] as [([UInt32], SequenceLoss.Snapshot)])
    func countsNumbersThatAreMissing(numbers: [UInt32], expected: SequenceLoss.Snapshot) throws {
        for options in ["", "sources: [{address: 192.0.2.7, name: core}]"] {
            let bench = try IntakeBench(options)
            for number in numbers {
                _ = bench.take(#"<34>1 - edge su - - [meta sequenceId="\#(number)"] m"#)
            }
            #expect(bench.ledger.snapshot.first?.loss == expected, "\(options)")
        }
    }

    @Test func countsCiscosNumbersToo() throws {
        let bench = try IntakeBench("")
        for number in [40, 41, 44] {
            _ = bench.take("<189>\(number): *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: text")
        }
        #expect(bench.ledger.snapshot.first?.loss == SequenceLoss.Snapshot(lost: 2))
    }

    @Test func keepsWhatWasLostWhenTheKindOfNumbersChanges() throws {
        let bench = try IntakeBench("")
        for number in [1, 5] {
            _ = bench.take(#"<34>1 - edge su - - [meta sequenceId="\#(number)"] m"#)
        }
        _ = bench.take("<189>40: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: text")
        #expect(bench.ledger.snapshot.first?.loss == SequenceLoss.Snapshot(lost: 3))
    }

    @Test func countsNoNumbersOfRelays() throws {
        let bench = try IntakeBench("trusted_relays: 192.0.2.7")
        for number in [1, 500, 2, 501] {
            _ = bench.take(#"<34>1 - edge su - - [meta sequenceId="\#(number)"] m"#)
        }
        #expect(bench.ledger.snapshot.first?.loss.isZero == true)
    }

    // MARK: Entries in pieces

    /// A dump of three lines, each a message of its own.
    static let dump = [
        "radius,debug,packet received Access-Accept with id 64 from 192.0.2.3:1812",
        "radius,debug,packet     Framed-IP-Address = 100.64.0.17",
        "radius,debug,packet     Class = 5",
    ]

    @Test func joinsWhatRouterOSSendsInPieces() throws {
        let bench = try IntakeBench(
            "sources: [{address: 192.0.2.0/24, name: site, parser: routeros}]")
        for message in Self.dump { #expect(bench.take(message) == "") }
        // Other senders' messages do not end it.
        let other = bench.take(
            "system,info router rebooted", from: IntakeBench.source("192.0.2.8"))
        #expect(other.contains("rebooted"))
        var batch = RecordBatch()
        let soon = Timestamp(nanoseconds: IntakeBench.received.nanoseconds + 500_000_000)
        bench.intake.tend(at: soon, into: &batch)
        #expect(batch.count == 0)
        let late = Timestamp(nanoseconds: IntakeBench.received.nanoseconds + 1_500_000_000)
        bench.intake.tend(at: late, into: &batch)
        let records = batch.jsonLines()
        #expect(records.count == 1)
        for part in [#""joined":3"#, "Framed-IP-Address", "Class = 5", #""source_name":"site""#] {
            #expect(records.first?.contains(part) == true, "\(records)")
        }
        bench.intake.tend(at: late, into: &batch)
        bench.intake.finish(into: &batch)
        #expect(batch.count == 1)
        let counted = bench.ledger.snapshot.first { $0.name == "192.0.2.7" }
        #expect(counted?.payloads == 3 && counted?.records == 1)
        #expect(counted?.problems == [.routerosDebugTopics: 1])
    }

    @Test func losesNoPieceAtTheEnd() throws {
        let bench = try IntakeBench("sources: [{address: 192.0.2.0/24, parser: routeros}]")
        for sender in ["192.0.2.7", "192.0.2.8"] {
            _ = bench.take(Self.dump[0], from: IntakeBench.source(sender))
        }
        var batch = RecordBatch()
        bench.intake.finish(into: &batch)
        #expect(batch.count == 2)
    }

    // MARK: Connections

    @Test func knowsSendersByCertificate() throws {
        let bench = try IntakeBench(
            """
            sources:
              - {certificate: '*.Example.net', name: routers}
              - {certificate: core.example.net, name: core}
              - {address: 192.0.2.0/24, name: site}
            """)
        let cases: [(name: String?, expected: String)] = [
            ("edge.example.net", "routers"), ("CORE.example.net", "routers"),
            ("a.b.example.net", "site"), (nil, "site"),
        ]
        for (port, (name, expected)) in cases.enumerated() {
            let source = IntakeBench.source(port: UInt16(port), by: .tls)
            bench.intake.beginSession(
                of: source, as: ConnectionIdentity(certificateName: name))
            let record = bench.take(Self.line, from: source)
            #expect(record.contains(#""source_name":"\#(expected)""#), "\(record)")
            #expect(record.contains("tls_peer_name") == (name != nil))
        }
    }

    @Test func forgetsConnectionsThatEnded() throws {
        let bench = try IntakeBench("sources: [{certificate: edge, name: routers}]")
        let source = IntakeBench.source(by: .tls)
        bench.intake.beginSession(of: source, as: ConnectionIdentity(certificateName: "edge"))
        bench.intake.endSession(of: source)
        #expect(!bench.take(Self.line, from: source).contains("routers"))
    }

    @Test func tellsOfTheRelayOfAConnection() throws {
        let bench = try IntakeBench("{trusted_relays: 198.51.100.1, proxy_protocol: on}")
        let source = IntakeBench.source("203.0.113.5", by: .tcp)
        bench.intake.beginSession(
            of: source, as: ConnectionIdentity(relay: IPAddress("198.51.100.1")))
        let record = bench.take(Self.line, from: source)
        #expect(record.contains(#""peer_address":"203.0.113.5""#))
        #expect(record.contains(#""relay_address":"198.51.100.1""#))
    }
}
