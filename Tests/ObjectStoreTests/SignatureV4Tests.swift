import Core
import Testing

@testable import ObjectStore

/// Examples that AWS publishes.
@Suite struct SignatureV4Tests {
    /// "Signature Calculations for the Authorization Header", Amazon S3 API Reference.
    struct Example: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var query: [(String, String)] = []
        var headers: [(String, String)] = []
        var hash = SignatureV4.emptyHash
        var signature: String
        var testDescription: String { "\(method) \(path) \(query)" }
    }

    static let s3: [Example] = [
        Example(
            method: "GET", path: "test.txt", headers: [("Range", "bytes=0-9")],
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            method: "PUT", path: "test$file.text",
            headers: [
                ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            hash: Array("Welcome to Amazon S3.".utf8).withBytes { Digest.sha256($0) }.hex,
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            method: "GET", path: "", query: [("lifecycle", "")],
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            method: "GET", path: "", query: [("prefix", "J"), ("max-keys", "2")],
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    @Test(arguments: s3)
    func signsAsTheReferenceOfS3(example: Example) {
        let time = Timestamp(seconds: 1_369_353_600)
        let signature = SignatureV4(
            credentials: Credentials(
                keyID: "AKIAIOSFODNN7EXAMPLE",
                secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1")
        let steps = signature.sign(
            method: example.method,
            path: "/" + PercentEncoding.encode(example.path, keepingSlashes: true),
            query: PercentEncoding.query(example.query),
            headers: example.headers + [
                ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"),
                ("x-amz-content-sha256", example.hash),
            ], payloadHash: example.hash, at: time)
        #expect(steps.authorization.hasSuffix("Signature=" + example.signature))
    }

    /// The test suite for Signature Version 4.
    @Test(
        arguments: [
            ("GET", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            (
                "GET", ["Param2=value2", "Param1=value1"],
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
            ),
            ("POST", [], "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ] as [(String, [String], String)])
    func signsAsTheTestSuite(method: String, query: [String], expected: String) {
        let signature = SignatureV4(
            credentials: Credentials(
                keyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "service")
        let parameters = query.map { $0.split(separator: "=").map(String.init) }
        let steps = signature.sign(
            method: method, path: "/",
            query: PercentEncoding.query(parameters.map { ($0[0], $0[1]) }),
            headers: [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")],
            payloadHash: SignatureV4.emptyHash, at: Timestamp(seconds: 1_440_938_160))
        #expect(steps.authorization.hasSuffix("Signature=" + expected))
    }

    @Test func foldsSpacesInHeaders() {
        let signature = SignatureV4(
            credentials: Credentials(keyID: "k", secret: "s"), region: "r")
        let steps = signature.sign(
            method: "GET", path: "/", query: "", headers: [("A", "  b   c ")], payloadHash: "h",
            at: Timestamp(seconds: 0))
        #expect(steps.canonicalRequest == "GET\n/\n\na:b c\n\na\nh")
    }

    @Test(
        arguments: [
            ([], ""), ([0xfb], "+w=="), ([0xfb, 0xff], "+/8="), ([1, 2, 3], "AQID"),
            ([1, 2, 3, 4], "AQIDBA=="),
        ] as [([UInt8], String)])
    func writesBase64(bytes: [UInt8], text: String) {
        #expect(bytes.base64 == text)
    }
}
