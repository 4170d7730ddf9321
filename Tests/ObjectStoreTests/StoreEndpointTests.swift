import Testing

@testable import ObjectStore

@Suite struct StoreEndpointTests {
    /// Something was not as the test wants it.
    struct None: Error {}

    @Test(
        arguments: [
            ("s3.eu-west-1.amazonaws.com", .auto, "https://b-1.s3.eu-west-1.amazonaws.com/k/%20"),
            ("http://127.0.0.1:9000/", .auto, "http://127.0.0.1:9000/b-1/k/%20"),
            ("https://[2001:db8::1]:9000", .path, "https://[2001:db8::1]:9000/b-1/k/%20"),
            ("https://[::1]", .path, "https://[::1]/b-1/k/%20"),
            ("HTTPS://minio.example:443", .virtual, "https://b-1.minio.example/k/%20"),
            ("http://minio.example:80", .path, "http://minio.example/b-1/k/%20"),
        ] as [(String, StoreEndpoint.Addressing, String)])
    func makesAddresses(text: String, addressing: StoreEndpoint.Addressing, url: String) throws {
        let endpoint = try #require(
            StoreEndpoint(text, region: "r", bucket: "b-1", addressing: addressing))
        #expect(endpoint.url("k/ ", query: "") == url)
        #expect(endpoint.url(nil, query: "uploads=").hasSuffix("?uploads="))
    }

    @Test func keepsDotsOutOfHostNames() throws {
        let endpoint = try #require(
            StoreEndpoint(
                "s3.amazonaws.com", region: "r", bucket: "my.bucket", addressing: .auto))
        #expect(endpoint.url("k", query: "") == "https://s3.amazonaws.com/my.bucket/k")
    }

    @Test(
        arguments: [
            "", "ftp://host", "http://", "host:port", "host:0", "host:70000", "[::1", "[nothing]",
            "host/path", "user@host", "::1",
        ])
    func refuses(text: String) {
        #expect(
            StoreEndpoint(text, region: "r", bucket: "b", addressing: .auto) == nil, "\(text)")
    }
}
