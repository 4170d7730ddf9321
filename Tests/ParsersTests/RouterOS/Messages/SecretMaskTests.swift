import Core
import Testing

@testable import Parsers

@Suite struct SecretMaskTests {
    func mask(_ text: String) -> String? {
        Array(text.utf8).withBytes { SecretMask.masked($0, from: 0) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        ("(/ppp secret set a password=hush)", "(/ppp secret set a password=***)"),
        ("password=hush name=b", "password=*** name=b"),
        (#"password="a \" b" name=b"#, "password=*** name=b"),
        ("wpa2-pre-shared-key=x a=1 secret=y", "wpa2-pre-shared-key=*** a=1 secret=***"),
        (#"password="never ends"#, "password=***"),
        (#"password="ends in a backslash\"#, "password=***"),
    ])
    func hidesSecrets(text: String, expected: String) {
        #expect(mask(text) == expected)
    }

    @Test(arguments: ["name=b", "monkey=7", "password=", "password", "", "=", "a=password"])
    func leavesOtherTexts(text: String) {
        #expect(mask(text) == nil)
    }

    @Test(arguments: [
        "system,info ppp secret changed by a (/ppp secret set x password=hush)",
        "system,info ppp secret changed by a (/ppp secret set x password=hush",
        "<30>Oct  2 17:36:35 r ppp secret changed by a (/ppp secret set x password=hush)",
        "system,info  mode=dynamic-keys wpa2-pre-shared-key=hush)",
        "script,info login with token=hush",
        #"Oct  2 17:36:35 r CEF:0|MikroTik|RB|7|10|system,info|Low|dvchost=r msg=ppp secret "#
            + #"changed by a (/ppp secret set x password\="hush\\"er")"#,
    ])
    func keepsNoSecretInTheRecord(line: String) {
        let parser = RouterOSParser()
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 1), transport: .udp,
            received: RouterOSParserTests.received)
        Array(line.utf8).withBytes { line in
            _ = parser.decode(line, from: source, into: &batch)
        }
        let stored = batch.bytes.makeString()
        #expect(stored.contains("***"))
        #expect(!stored.contains("hush"))
        #expect(batch.count == 1)
    }
}
