import Core
import Synchronization
import TestKit
import Testing

@testable import ObjectStore

/// Keys that services and programs give.
@Suite struct LentCredentialTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let json = """
        {"Code": "Success", "AccessKeyId": "A", "SecretAccessKey": "s/\\u0041", "Token": "t",
         "Expiration": "2026-01-31T12:00:00Z", "Nested": {"AccessKeyId": "no"}}
        """
    private static let key = Credentials(
        keyID: "A", secret: "s/A", sessionToken: "t", expiry: Timestamp(seconds: 1_769_860_800))

    private static let xml = """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s/A</SecretAccessKey>
        <SessionToken>t</SessionToken><Expiration>2026-01-31T12:00:00Z</Expiration></Credentials>
        </AssumeRoleResult></AssumeRoleResponse>
        """

    @Test func asksTheMachineByVersionTwo() throws {
        let server = try LoopbackHTTP { request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token"):
                return Reply(
                    request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == nil ? 400 : 200,
                    "word")
            case ("GET", let path) where request.headers["x-aws-ec2-metadata-token"] == "word":
                return path.hasSuffix("/security-credentials/")
                    ? Reply(200, "role") : Reply(200, Self.json)
            default: return Reply(401)
            }
        }
        let address = "http://127.0.0.1:\(server.port)"
        let names = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": address]
        #expect(try InstanceCredentials { names[$0] }.load() == Self.key)
        let off = names.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
        #expect(try InstanceCredentials { off[$0] }.load() == nil)
        server.stop()
        let gone = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1"]
        #expect(try InstanceCredentials { gone[$0] }.load() == nil)
    }

    /// Somebody who answers with a token has to say which role the machine has.
    @Test(arguments: [(Reply(404), "HTTP 404"), (Reply(200, ""), "the machine has no role")])
    func saysThatAMachineHasNoRole(reply: Reply, words: String) throws {
        let server = try LoopbackHTTP { $0.method == "PUT" ? Reply(200, "word") : reply }
        let names = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(server.port)"]
        let error = #expect(throws: OperationError.self) {
            try InstanceCredentials { names[$0] }.load()
        }
        #expect(error?.code == .credentialsMissing && error?.reason == words)
        #expect(error?.target.hasSuffix("/security-credentials/") == true)
    }

    @Test func asksTheContainer() throws {
        let server = try LoopbackHTTP { request in
            request.headers["authorization"] == "word" ? Reply(200, Self.json) : Reply(403)
        }
        let address = "http://127.0.0.1:\(server.port)/key"
        let token = try directory.write("word\n", to: "token")
        var names = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": address,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token,
        ]
        func load() throws -> Credentials? {
            let known = names
            return try ContainerCredentials(environment: { known[$0] }).load()
        }
        #expect(try load() == Self.key)
        names["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = nil
        #expect(throws: OperationError.self) { try load() }
        #expect(try ContainerCredentials { _ in nil }.load() == nil)
    }

    @Test func takesRoles() throws {
        final class Heard: Sendable {
            let requests = Mutex<[ReceivedRequest]>([])
        }
        let heard = Heard()
        let server = try LoopbackHTTP { request in
            heard.requests.withLock { $0.append(request) }
            return Reply(200, Self.xml)
        }
        let address = "http://127.0.0.1:\(server.port)"
        let names = [
            "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
            "AWS_WEB_IDENTITY_TOKEN_FILE": try directory.write("web.token", to: "web"),
        ]
        let web = WebIdentityCredentials(
            endpoint: address, transport: StoreClient.Transport(), environment: { names[$0] })
        #expect(try web.load() == Self.key)
        let clock = { Timestamp(seconds: 1_440_938_160) }
        let role = AssumedRoleCredentials(
            role: "arn", externalID: "ex ternal", endpoint: address, region: "eu-west-1",
            base: CredentialChain(
                [FixedCredentials(Credentials(keyID: "base", secret: "x", sessionToken: "y"))],
                clock: clock), transport: StoreClient.Transport(), clock: clock)
        #expect(try role.load() == Self.key)
        let requests = heard.requests.withLock { $0 }
        let texts = requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(texts[0].contains("WebIdentityToken=web.token"))
        #expect(requests[0].headers["authorization"] == nil)
        #expect(texts[1].contains("Action=AssumeRole&ExternalId=ex%20ternal&RoleArn=arn"))
        #expect(
            requests[1].headers["authorization"]?.contains(
                "Credential=base/20150830/eu-west-1/sts/aws4_request") == true)
        #expect(requests[1].headers["x-amz-security-token"] == "y")
        #expect(requests[1].headers["host"] == "127.0.0.1:\(server.port)")
    }

    @Test func saysWhyARoleIsRefused() throws {
        let server = try LoopbackHTTP { _ in
            Reply(
                403,
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
                    + "</ErrorResponse>")
        }
        let names = [
            "AWS_ROLE_ARN": "arn", "AWS_WEB_IDENTITY_TOKEN_FILE": try directory.write("w", to: "w"),
        ]
        let web = WebIdentityCredentials(
            endpoint: "http://127.0.0.1:\(server.port)", transport: StoreClient.Transport(),
            environment: { names[$0] })
        #expect {
            try web.load()
        } throws: {
            ($0 as? OperationError)?.reason == "AccessDenied: no"
        }
    }

    @Test func runsTheProfilesProgram() throws {
        let answer = try directory.write(
            #"{"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "p", "SessionToken": "t"}"#,
            to: "answer")
        let config = try directory.write(
            "[default]\ncredential_process = cat \(answer)\n[bad]\ncredential_process = exit 3\n",
            to: "config")
        func load(_ profile: String?) throws -> Credentials? {
            try ProfileCredentials(profile: profile) {
                ["AWS_SHARED_CREDENTIALS_FILE": "/nothing", "AWS_CONFIG_FILE": config][$0]
            }.load()
        }
        #expect(try load(nil) == Credentials(keyID: "P", secret: "p", sessionToken: "t"))
        #expect {
            try load("bad")
        } throws: {
            ($0 as? OperationError)?.reason == "it ended with status 3"
        }
    }

    @Test(arguments: ["", "[]", "{}", #"{"AccessKeyId": "a"}"#, "<html>"])
    func refusesWhatIsNoKey(text: String) {
        #expect(throws: OperationError.self) {
            try LentCredentials.json(Array(text.utf8), from: "x")
        }
    }
}
