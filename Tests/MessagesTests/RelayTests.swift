import Core
import Net
import TestKit
import Testing

@testable import Messages

/// Messages that a relay passes on.
@Suite struct RelayTests {
    private static let line = MessageIntakeTests.line

    @Test func findsWhoseMessageARelayPassedOn() throws {
        let bench = try IntakeBench(
            """
            trusted_relays: 192.0.2.7
            sources: [{address: 203.0.113.0/24, name: far}]
            """)
        let origin = bench.take(#"<34>1 - edge su - - [origin ip="203.0.113.5"] m"#)
        #expect(origin.contains(#""peer_address":"203.0.113.5""#))
        #expect(origin.contains(#""relay_address":"192.0.2.7""#))
        #expect(origin.contains(#""source_name":"far""#))
        let several = bench.take(
            #"<34>1 - edge su - - [origin ip="203.0.113.8" ip="203.0.113.9"] m"#)
        #expect(several.contains(#""peer_address":"203.0.113.8""#))
        let hostname = bench.take("<34>Oct 11 22:14:15 203.0.113.6 su: m")
        #expect(hostname.contains(#""peer_address":"203.0.113.6""#))
        // Its port is not known.
        #expect(!hostname.contains("peer_port"))
        let own = bench.take("<34>Oct 11 22:14:15 relay su: m")
        #expect(own.contains(#""peer_address":"192.0.2.7""#) && !own.contains("relay_address"))
    }

    @Test(arguments: [
        // What `sources` says, the message, what its record holds.
        (
            "[{address: 203.0.113.6, time_zone: '+02:00'}]",
            "<34>Oct 11 22:14:15 203.0.113.6 su: m",
            #""time":"2026-10-11T20:14:15"#
        ),
        (
            "[{address: 203.0.113.6, parser: routeros}]",
            "<134>Oct 11 22:14:15 203.0.113.6 system,info,account user a logged in from ::1 via ssh",
            #""event":"login""#
        ),
        (
            "[{address: 203.0.113.6, charset: iso-8859-1}]",
            "<34>Oct 11 22:14:15 203.0.113.6 su: \u{e9}", #""encoding":"iso-8859-1""#
        ),
        // Of whom nothing is said, what is said of the relay holds.
        (
            "[{address: 192.0.2.7, name: hub, time_zone: '+02:00'}]",
            "<34>Oct 11 22:14:15 203.0.113.6 su: m", #""time":"2026-10-11T20:14:15"#
        ),
        (
            "[{address: 192.0.2.7, name: hub, hostname: hub}]",
            "<34>Oct 11 22:14:15 203.0.113.6 su: m", #""hostname":"203.0.113.6""#
        ),
        (
            "[{address: 192.0.2.7, name: hub}, {address: 203.0.113.6, name: far}]",
            "<34>Oct 11 22:14:15 203.0.113.6 su: m", #""source_name":"far""#
        ),
    ])
    func treatsSendersBehindRelaysAsTheSourceMapSays(
        sources: String, message: String, expected: String
    ) throws {
        let bench = try IntakeBench("{trusted_relays: 192.0.2.7, sources: \(sources)}")
        // Latin-1: a byte for each character.
        let bytes = message.unicodeScalars.map { UInt8($0.value) }
        let record = bench.take(bytes).joined()
        #expect(record.contains(expected), "\(record)")
        #expect(record.contains(#""peer_address":"203.0.113.6""#))
    }

    @Test func countsMessagesUnderTheirSenders() throws {
        let bench = try IntakeBench(
            """
            trusted_relays: 192.0.2.7
            allow: 198.51.100.0/24
            sources: [{address: 203.0.113.6, rate_limit: 2, rate_burst: 2}]
            """)
        for _ in 0..<3 { _ = bench.take("<34>Oct 11 22:14:15 203.0.113.6 su: m") }
        // The relay vouches for senders that may not send themselves.
        _ = bench.take("<34>Oct 11 22:14:15 203.0.113.9 su: m")
        bench.intake.endRound()
        let counted = bench.ledger.snapshot.reduce(into: [String: [UInt64]]()) {
            $0[$1.name] = [$1.payloads, $1.records]
        }
        #expect(counted == ["203.0.113.6": [3, 2], "203.0.113.9": [1, 1], "192.0.2.7": [0, 0]])
        #expect(bench.problems(of: "203.0.113.6") == [.senderRateLimited: 1])
    }

    @Test func holdsTheRelayToItsOwnRate() throws {
        let bench = try IntakeBench(
            """
            trusted_relays: 192.0.2.7
            sources: [{address: 192.0.2.7, rate_limit: 2, rate_burst: 2}]
            """)
        let records = (1...4).map { bench.take("<34>Oct 11 22:14:15 203.0.113.\($0) su: m") }
        #expect(records.map(\.isEmpty) == [false, false, true, true])
        #expect(bench.problems() == [.senderRateLimited: 2])
    }

    @Test func followsTheNumbersOfEachSenderBehindARelay() throws {
        let bench = try IntakeBench("trusted_relays: 192.0.2.7")
        for (host, number) in [(5, 1), (6, 11), (5, 2), (6, 14)] {
            _ = bench.take(
                #"<34>1 - 203.0.113.\#(host) su - - [meta sequenceId="\#(number)"] m"#)
        }
        let lost = bench.ledger.snapshot.reduce(into: [String: UInt64]()) {
            if $1.loss.lost > 0 { $0[$1.name] = $1.loss.lost }
        }
        #expect(lost == ["203.0.113.6": 2])
    }

    @Test func believesNobodyElse() throws {
        let bench = try IntakeBench("trusted_relays: 198.51.100.1")
        let record = bench.take(#"<34>1 - edge su - - [origin ip="203.0.113.5"] m"#)
        #expect(record.contains(#""peer_address":"192.0.2.7""#))
        #expect(!record.contains("relay_address"))
    }

    @Test func readsProxyHeadersOfDatagrams() throws {
        let bench = try IntakeBench(
            """
            trusted_relays: 192.0.2.7
            proxy_protocol: on
            allow: 203.0.113.0/24
            sources: [{address: 203.0.113.5, name: far}]
            """)
        let record = bench.take("PROXY TCP4 203.0.113.5 192.0.2.7 5000 514\r\n" + Self.line)
        #expect(record.contains(#""peer_address":"203.0.113.5","peer_port":5000"#), "\(record)")
        #expect(record.contains(#""relay_address":"192.0.2.7""#))
        #expect(record.contains(#""source_name":"far""#))
        #expect(bench.problems(of: "203.0.113.5").isEmpty)
        // Whom the relay names must be allowed too.
        #expect(bench.take("PROXY TCP4 203.0.114.5 192.0.2.7 5000 514\r\n" + Self.line) == "")
        #expect(bench.problems(of: "203.0.114.5") == [.senderRefused: 1])
        // A probe of the balancer's own is no message.
        #expect(bench.take("PROXY UNKNOWN\r\n") == "")
        #expect(bench.problems() == [.proxyProbe: 1])
        // What only begins like a header is a message.
        #expect(bench.take("PROXY TCP4 nonsense\r\n").contains("nonsense"))
        #expect(bench.problems()[.proxyHeaderMalformed] == 1)
    }

    @Test func doesNotReadProxyHeadersOfOthers() throws {
        let bench = try IntakeBench("{trusted_relays: 198.51.100.1, proxy_protocol: on}")
        let record = bench.take("PROXY TCP4 203.0.113.5 192.0.2.7 5000 514\r\n" + Self.line)
        #expect(record.contains(#""peer_address":"192.0.2.7""#) && record.contains("PROXY"))
    }
}
