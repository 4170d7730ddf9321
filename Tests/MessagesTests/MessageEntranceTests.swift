import Core
import Net
import Testing

@testable import Messages

@Suite struct MessageEntranceTests {
    @Test(arguments: [
        ("allow: 192.0.2.0/33", ErrorCode.invalidValue, 1, "192.0.2.0/33"),
        ("trusted_relays: balancer", .invalidValue, 1, "balancer"),
        ("proxy_protocol: on", .missingKey, 1, "trusted_relays"),
        ("charset: klingon", .invalidValue, 1, "klingon"),
        ("charset: utf-16le", .invalidValue, 1, "writes ASCII in another way"),
        ("charset: ibm037", .invalidValue, 1, "writes ASCII in another way"),
        ("sender_limit: 0", .outOfRange, 1, "outside 1-1000000"),
        ("rate_burst: 5", .missingKey, 1, "rate_limit"),
        ("rate_limit: 0", .outOfRange, 1, "0"),
        ("sources: [{name: a}]", .missingKey, 1, "address"),
        ("sources: [{address: x, name: a}]", .invalidValue, 1, "'x'"),
        ("sources: [{address: 192.0.2.1, zone: UTC}]", .unknownKey, 1, "'zone'"),
        ("sources:\n- {address: 192.0.2.1}\n- {address: 192.0.2.1/32}", .invalidValue, 3, "twice"),
        ("sources: [{address: 192.0.2.1, time_zone: Mars/One}]", .invalidValue, 1, "Mars/One"),
        ("sources: [{address: 192.0.2.1, parser: jsn}]", .unknownParser, 1, "jsn"),
        (
            "sources: [{address: 192.0.2.1, parser: json, time_zone: UTC}]", .conflictingKeys, 1,
            "json"
        ),
        ("sources: [{address: 192.0.2.1, charset: klingon}]", .invalidValue, 1, "klingon"),
        ("{mode: tcp, sockets: 2}", .conflictingKeys, 1, "sockets"),
        ("mode: unix_tcp", .missingKey, 1, "path"),
        ("path: /run/log", .conflictingKeys, 1, "path"),
        ("unix_perm: '0999'", .invalidValue, 1, "0999"),
    ])
    func refusesImpossibleSettings(
        options: String, code: ErrorCode, line: Int, word: String
    ) throws {
        let error = try #require(throws: SettingsError.self) { try IntakeBench.entrance(options) }
        let problem = try #require(error.problems.first { $0.code == code }, "\(error)")
        #expect(problem.location.line == line)
        #expect(problem.message.contains(word), "\(problem)")
    }

    @Test func listensByTheModeItIsGiven() throws {
        let cases = [
            ("", "udp 0.0.0.0:5140", false),
            ("{mode: tcp, listen: '::1', port: 1}", "tcp [::1]:1", true),
            ("{mode: unix_tcp, path: /run/log}", "unix /run/log", true),
        ]
        for (options, expected, isStream) in cases {
            let entrance = try IntakeBench.entrance(options)
            #expect(entrance.address.description == expected)
            #expect(entrance.address.isStream == isStream)
        }
    }

    @Test func letsTheListenerRefuseConnectionsButNotThoseOfRelays() throws {
        let senders = try IntakeBench.entrance(
            "{mode: tcp, allow: 192.0.2.0/24, trusted_relays: 198.51.100.1}"
        ).listener.stream.senders
        let expected = ["192.0.2.1": true, "198.51.100.1": true, "203.0.113.1": false]
        for (address, isWelcome) in expected {
            #expect(try senders.contains(#require(IPAddress(address))) == isWelcome)
        }
        let open = try IntakeBench.entrance("{mode: tcp, trusted_relays: 198.51.100.1}")
        #expect(try open.listener.stream.senders.contains(#require(IPAddress("203.0.113.1"))))
    }
}
