import Core
import Foundation
import TestKit
import Testing

@testable import TLS

@Suite struct TLSServerContextTests {
    private let authority: TestAuthority
    private let server: TestAuthority.Identity

    init() throws {
        authority = try TestAuthority()
        server = try authority.issue("server.example.net")
    }

    private func settings() -> TLSServerSettings {
        TLSServerSettings(certificateFile: server.certificate, keyFile: server.key)
    }

    private func problem(
        _ change: (inout TLSServerSettings) throws -> Void
    ) rethrows -> OperationError? {
        var changed = settings()
        try change(&changed)
        do throws(OperationError) {
            _ = try TLSServerContext(changed)
            return nil
        } catch {
            return error
        }
    }

    @Test func takesACertificateWithItsChain() throws {
        let chain =
            try String(contentsOfFile: server.certificate, encoding: .utf8)
            + String(contentsOfFile: authority.root.certificate, encoding: .utf8)
        let path = try authority.directory.write(chain, to: "chain.crt")
        #expect(problem { $0.certificateFile = path } == nil)
        #expect(problem { $0.authorityFile = path } == nil)
    }

    @Test func namesTheFileThatCannotBeRead() {
        let missing = problem { $0.keyFile = "/nowhere/server.key" }
        #expect(missing?.code == .fileReadFailed || missing?.code == .fileOpenFailed)
        #expect(missing?.target == "/nowhere/server.key")
    }

    @Test func refusesFilesOfOtherContent() throws {
        let text = try authority.directory.write("no certificate\n", to: "text")
        let empty = try authority.directory.write("", to: "empty")
        let torn = try authority.directory.write(
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", to: "torn")
        for path in [text, empty, torn] {
            let changes: [(inout TLSServerSettings) -> Void] = [
                { $0.certificateFile = path }, { $0.keyFile = path }, { $0.authorityFile = path },
            ]
            for change in changes {
                let error = problem(change)
                #expect(error?.code == .tlsSetupFailed)
                #expect(error?.target == path)
                #expect(error?.canRetry == false)
            }
        }
    }

    @Test func refusesTheKeyOfAnother() throws {
        let other = try authority.issue("other")
        let error = problem { $0.keyFile = other.key }
        #expect(error?.code == .tlsSetupFailed)
        #expect(error?.reason.contains(server.certificate) == true)
    }

    @Test func opensAKeyWithItsPassword() throws {
        let locked = authority.directory.file("locked.key")
        try TestAuthority.openssl(
            ["pkey", "-in", server.key, "-aes256", "-passout", "pass:sesame", "-out", locked])
        #expect(problem { $0.keyFile = locked }?.code == .tlsSetupFailed)
        #expect(
            problem {
                $0.keyFile = locked
                $0.keyPassword = "wrong"
            }?.code == .tlsSetupFailed)
        #expect(
            problem {
                $0.keyFile = locked
                $0.keyPassword = "sesame"
            } == nil)
    }

    @Test(arguments: [
        ("ECDHE+AESGCM", true), ("TLS_AES_128_GCM_SHA256", true),
        ("ECDHE+AESGCM:TLS_AES_256_GCM_SHA384", true), ("NO-SUCH-CIPHER", false),
        ("TLS_NONE", false),
    ])
    func knowsCiphers(names: String, isGood: Bool) {
        let error = problem { $0.ciphers = names }
        #expect(isGood ? error == nil : error?.code == .tlsSetupFailed)
    }

    // MARK: Reloading

    /// What a keeper says.
    private final class Said: @unchecked Sendable {
        // Sendable: used by one thread.
        var lines: [String] = []
        var log: Log { Log(component: "", level: .info) { _, _, text in self.lines.append(text) } }
    }

    @Test func loadsChangedFilesOnceAndKeepsTheOldForBadOnes() throws {
        var quick = settings()
        quick.reloadIntervalMilliseconds = 100
        let first = try TLSServerContext(quick)
        var keeper = TLSContextKeeper(first)
        let said = Said()
        #expect(keeper.current(now: 0, log: said.log) === first)
        // The certificate comes before its key: for now they do not belong together.
        let renewed = try authority.issue("server.example.net", file: "renewed")
        server.replace(by: renewed, \.certificate)
        #expect(keeper.current(now: 50, log: said.log) === first)
        #expect(said.lines.isEmpty)
        #expect(keeper.current(now: 100, log: said.log) === first)
        #expect(keeper.current(now: 300, log: said.log) === first)
        #expect(said.lines.count == 1 && said.lines[0].contains("stays in use"))
        server.replace(by: renewed, \.key)
        let second = keeper.current(now: 500, log: said.log)
        #expect(second !== first)
        #expect(keeper.current(now: 900, log: said.log) === second)
        #expect(said.lines.count == 2)
        try FileManager.default.removeItem(atPath: server.key)
        #expect(keeper.current(now: 1_200, log: said.log) === second)
        #expect(said.lines.count == 3)
    }
}
