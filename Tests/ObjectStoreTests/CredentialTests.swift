import Core
import TestKit
import Testing

@testable import ObjectStore

@Suite struct CredentialTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func readsTheEnvironment() throws {
        let all = [
            "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token",
        ]
        let found = try EnvironmentCredentials { all[$0] }.load()
        #expect(found == Credentials(keyID: "id", secret: "secret", sessionToken: "token"))
        for missing in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            #expect(try EnvironmentCredentials { $0 == missing ? "" : all[$0] }.load() == nil)
        }
    }

    private func profile(_ name: String?, _ environment: [String: String] = [:]) throws
        -> Credentials?
    {
        let files = [
            "AWS_SHARED_CREDENTIALS_FILE": try directory.write(
                """
                # a comment
                [default]
                aws_access_key_id = A
                aws_secret_access_key=a=
                [ other ]
                AWS_ACCESS_KEY_ID = B
                aws_secret_access_key = b
                aws_session_token = t
                """, to: "credentials"),
            "AWS_CONFIG_FILE": try directory.write(
                """
                [profile third]
                region = eu-west-1
                s3 =
                  aws_access_key_id = nested
                aws_access_key_id = C
                aws_secret_access_key = c
                """, to: "config"),
        ]
        return try ProfileCredentials(profile: name) { environment[$0] ?? files[$0] }.load()
    }

    @Test func readsProfiles() throws {
        #expect(try profile(nil) == Credentials(keyID: "A", secret: "a="))
        #expect(
            try profile("other") == Credentials(keyID: "B", secret: "b", sessionToken: "t"))
        #expect(try profile("third") == Credentials(keyID: "C", secret: "c"))
        #expect(try profile(nil, ["AWS_PROFILE": "third"])?.keyID == "C")
        #expect(throws: OperationError.self) { try profile("nobody") }
    }

    @Test func asksInTurnAndRenewsBeforeTheEnd() throws {
        final class Lent: CredentialSource {
            var count = 0
            func load() throws(OperationError) -> Credentials? {
                count += 1
                return Credentials(
                    keyID: "\(count)", secret: "", expiry: Timestamp(seconds: 1000 * Int64(count)))
            }
        }
        let lent = Lent()
        var now = Timestamp(seconds: 0)
        let chain = CredentialChain(
            [EnvironmentCredentials { _ in nil }, lent], clock: { now })
        #expect(try chain.credentials().keyID == "1")
        now = Timestamp(seconds: 699)
        #expect(try chain.credentials().keyID == "1")
        now = Timestamp(seconds: 701)
        #expect(try chain.credentials().keyID == "2")
        chain.renew()
        #expect(try chain.credentials().keyID == "3")
        let none = CredentialChain([], clock: { now })
        #expect {
            try none.credentials()
        } throws: {
            ($0 as? OperationError)?.code == .credentialsMissing
        }
    }

    @Test func neverPrintsSecrets() {
        let key = Credentials(keyID: "id", secret: "hidden", sessionToken: "hidden")
        #expect(!"\(key)\(String(reflecting: key))".contains("hidden"))
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("hidden"))
    }
}
