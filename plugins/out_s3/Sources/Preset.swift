import ObjectStore

/// What is particular about a kind of store.
struct Preset {
    var name: String
    var region = "us-east-1"
    /// Host of a region, with `REGION` in the place of its name; `nil` when everybody has another.
    var host: String?
    var addressing = StoreEndpoint.Addressing.path
    var endpointHint: String?

    static let all = [
        Preset(name: "aws", host: "s3.REGION.amazonaws.com", addressing: .auto),
        Preset(name: "minio", endpointHint: "for example http://minio.example.net:9000"),
        Preset(name: "ceph", endpointHint: "for example https://rgw.example.net:8443"),
        Preset(
            name: "r2", region: "auto",
            endpointHint: "https://ACCOUNT.r2.cloudflarestorage.com"),
        Preset(name: "wasabi", host: "s3.REGION.wasabisys.com"),
        Preset(name: "b2", region: "us-west-004", host: "s3.REGION.backblazeb2.com"),
        Preset(name: "gcs", region: "auto", host: "storage.googleapis.com"),
        Preset(
            name: "garage", region: "garage",
            endpointHint: "for example http://garage.example.net:3900"),
    ]

    static func named(_ name: String?) -> Preset { all.first { $0.name == name } ?? all[0] }

    func endpoint(region: String) -> String? {
        host.map { "https://" + $0.replacing("REGION", with: region) }
    }
}
