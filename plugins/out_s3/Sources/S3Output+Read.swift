public import Core
import ObjectStore

extension S3Output: ReadableOutput {
    public static var scheme: String { "s3" }
    public static var containerOption: String { "bucket" }

    public static var readingOptions: [String] {
        [
            "preset", "region", "endpoint", "addressing", "profile", "role_arn", "external_id",
            "sts_endpoint", "tls.ca_file", "tls.ca_path", "tls.verify", "proxy",
            "net.connect_timeout", "net.io_timeout",
        ]
    }

    /// As the tools of AWS read them.
    ///
    /// - Source: "Environment variables", AWS SDKs and Tools Reference Guide.
    public static func readingDefaults(_ environment: (String) -> String?) -> [(
        option: String, value: String, variable: String
    )] {
        let variables = [
            ("endpoint", ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]),
            ("region", ["AWS_REGION", "AWS_DEFAULT_REGION"]),
            ("tls.ca_file", ["AWS_CA_BUNDLE"]),
        ]
        return variables.compactMap { option, names in
            for name in names {
                if let value = environment(name), !value.isEmpty { return (option, value, name) }
            }
            return nil
        }
    }

    public static func writes(to container: String, _ settings: PluginSettings) -> Bool {
        settings.text("bucket") == container
    }

    public func objects(prefix: String, page: String?) throws(OperationError) -> ObjectPage {
        try PatientStore(reader).objects(prefix: prefix, page: page)
    }

    public func objects(_ keys: [String]) -> [any ByteStream] {
        let store = PatientStore(reader)
        let lookahead = ObjectLookahead(keys, in: store, headers: settings.partHeaders)
        return keys.map {
            ObjectReader($0, in: store, headers: settings.partHeaders, lookahead: lookahead)
        }
    }
}
