import Core
import TestKit
import Testing

@testable import TLS

@Suite struct TLSOptionsTests {
    private static func read(
        _ options: [(String, String)], requiringClients: Bool = false, isStream: Bool = true
    ) throws -> (server: TLSServerSettings?, problems: [ErrorCode]) {
        let info = PluginInfo(
            kind: .input, name: "test", summary: "Tests",
            options: TLSOptions.specs(requiringClients: requiringClients))
        var problems: [SettingsProblem] = []
        let server = TLSOptions.read(
            try PluginSettings(testing: info, options.map { (key: $0.0, value: $0.1) }),
            isStream: isStream, &problems)
        return (server, problems.map(\.code))
    }

    private static let files = [("tls.crt_file", "s.crt"), ("tls.key_file", "s.key")]
    private static let on = [("tls", "on")] + files
    private static let print = "sha-1:" + Array(repeating: "01", count: 20).joined(separator: ":")

    @Test func isOffByDefault() throws {
        let read = try Self.read([])
        #expect(read.server == nil && read.problems.isEmpty)
        let off = try Self.read([("tls", "off")] + Self.files)
        #expect(off.server == nil && off.problems.isEmpty)
    }

    @Test func servesEveryoneWithoutRules() throws {
        let server = try #require(try Self.read(Self.on).server)
        #expect(server.clientCertificates == .ignored)
        #expect(server.minimumVersion == .tls12 && server.maximumVersion == .tls13)
        #expect(server.handshakeTimeoutMilliseconds == 10_000)
    }

    struct Rules: Sendable {
        var options: [(String, String)]
        var wanted: TLSServerSettings.ClientCertificates
    }

    private static let rules = [
        Rules(options: [("tls.ca_file", "ca")], wanted: .required),
        Rules(options: [("tls.allowed_peers", print)], wanted: .required),
        Rules(
            options: [("tls.ca_file", "ca"), ("tls.verify_client_cert", "off")], wanted: .optional),
        Rules(options: [("tls.verify", "off")], wanted: .ignored),
        Rules(
            options: [("tls.verify", "off"), ("tls.verify_client_cert", "off")], wanted: .ignored),
    ]

    @Test(arguments: rules)
    func asksForCertificates(rules: Rules) throws {
        let read = try Self.read(Self.on + rules.options)
        #expect(read.problems.isEmpty)
        #expect(read.server?.clientCertificates == rules.wanted)
    }

    @Test func requiresCertificatesWhereTheProtocolDoes() throws {
        #expect(try Self.read(Self.on, requiringClients: true).problems == [.missingKey])
        let good = try Self.read(Self.on + [("tls.ca_file", "ca")], requiringClients: true)
        #expect(good.server?.clientCertificates == .required && good.problems.isEmpty)
        let open = try Self.read(Self.on + [("tls.verify", "off")], requiringClients: true)
        #expect(open.server?.clientCertificates == .ignored && open.problems.isEmpty)
    }

    struct Impossible: Sendable {
        var options: [(String, String)]
        var problems: [ErrorCode]
    }

    private static let impossible = [
        Impossible(options: [("tls", "on")], problems: [.missingKey, .missingKey]),
        Impossible(options: [("tls", "on"), ("tls.crt_file", "s.crt")], problems: [.missingKey]),
        Impossible(options: files, problems: [.conflictingKeys, .conflictingKeys]),
        Impossible(options: on + [("tls.verify_client_cert", "on")], problems: [.missingKey]),
        Impossible(
            options: on + [("tls.allowed_peers", "router.example.net")], problems: [.missingKey]),
        Impossible(options: on + [("tls.allowed_peers", "sha-1:00")], problems: [.invalidValue]),
        Impossible(
            options: on + [("tls.verify", "off"), ("tls.ca_file", "ca")],
            problems: [.conflictingKeys]),
        Impossible(
            options: on + [("tls.verify", "off"), ("tls.verify_client_cert", "on")],
            problems: [.conflictingKeys]),
        Impossible(
            options: on + [("tls.allowed_peers", print), ("tls.verify_client_cert", "off")],
            problems: [.conflictingKeys]),
        Impossible(
            options: on + [("tls.min_version", "TLSv1.3"), ("tls.max_version", "TLSv1.2")],
            problems: [.conflictingKeys]),
    ]

    @Test(arguments: impossible)
    func refusesWhatCannotWork(example: Impossible) throws {
        #expect(try Self.read(example.options).problems == example.problems)
    }

    @Test func needsAStream() throws {
        #expect(try Self.read(Self.on, isStream: false).problems == [.conflictingKeys])
    }
}
