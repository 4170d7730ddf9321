import Codec
import Core
import ObjectStore
import Parsers
import System

/// What the `s3` output was told.
struct S3Settings {
    var endpoint: StoreEndpoint
    var transport: StoreClient.Transport
    var credentials: Credentials?
    var profile: String?
    /// A role that the key takes.
    var role: String?
    var externalID: String?
    /// URL of the service that gives temporary keys.
    var tokenEndpoint: String
    var template: KeyTemplate
    /// Of the format and what belongs to it: another one makes other partitions.
    var fingerprint: UInt64
    var dateKey: String?
    var compression: Compression
    /// Bytes as they are stored that end an object.
    var objectSize: Int
    /// Bytes of a part of a multipart upload.
    var partSize: Int
    var usesMultipart: Bool
    /// Nanoseconds after which an object is delivered however small it is.
    var timeout: Int64
    var openLimit: Int
    var memoryLimit: Int
    /// Requests at once.
    var parallel: Int
    /// Headers of what makes an object.
    var objectHeaders: [(name: String, value: String)]
    /// Headers of each part, too.
    var partHeaders: [(name: String, value: String)]
    /// Whether an object that is there already is left as it is.
    var onlyCreates: Bool
    var sendsMD5: Bool
    var checksum: ObjectChecksum.Algorithm?
    /// `GOVERNANCE` or `COMPLIANCE`, and nanoseconds; `nil` locks nothing.
    var lock: (mode: String, time: Int64)?
    /// Whether the signature may leave out payloads that TLS and a checksum guard.
    var mayLeaveUnsigned: Bool
    /// Whether the store's checksum of an object is its MD5.
    var checksETag: Bool

    init(_ settings: PluginSettings) throws(SettingsError) {
        var problems: [SettingsProblem] = []
        func refuse(_ code: ErrorCode, _ key: String, _ message: String, hint: String? = nil) {
            problems.append(
                SettingsProblem(code, at: settings.location(of: key), message, hint: hint))
        }

        Self.check(settings, problems: &problems)
        let bucket = settings.text("bucket") ?? ""
        let preset = Preset.named(settings.text("preset"))
        let region = settings.text("region") ?? preset.region
        let given = settings.text("endpoint") ?? preset.endpoint(region: region)
        let addressing =
            StoreEndpoint.Addressing(rawValue: settings.text("addressing") ?? "auto") ?? .auto
        let endpoint = given.flatMap {
            StoreEndpoint(
                $0, region: region, bucket: bucket,
                addressing: addressing == .auto ? preset.addressing : addressing)
        }
        if given == nil {
            refuse(
                .missingKey, "preset", "'preset: \(preset.name)' needs 'endpoint'",
                hint: preset.endpointHint)
        } else if endpoint == nil, settings.text("endpoint") == nil {
            refuse(.invalidValue, "region", "'region' is no name of a region")
        } else if let endpoint, endpoint.isVirtual, endpoint.isAddress {
            refuse(
                .conflictingKeys, "addressing",
                "'addressing: virtual' needs a name in 'endpoint', not an address")
        } else if endpoint == nil {
            refuse(
                .invalidValue, "endpoint", "'endpoint' is no [http(s)://]host[:port]",
                hint: "IPv6 addresses stand in brackets: http://[::1]:9000")
        }

        let zone = settings.timeZone(problems: &problems)
        let format = settings.text("s3_key_format") ?? ""
        let delimiters = settings.text("s3_key_format_tag_delimiters") ?? "."
        let isStatic = settings.boolean("static_file_path")
        var template: KeyTemplate?
        switch KeyTemplate.parse(
            format, delimiters: delimiters, zone: zone, appendsUUID: !isStatic)
        {
        case .success(let parsed):
            template = parsed
            if parsed.pieces.count > 256 {
                refuse(
                    .outOfRange, "s3_key_format", "'s3_key_format' has more than 256 placeholders")
            }
            if case .literal(let end)? = parsed.pieces.last, end.hasSuffix("/") {
                refuse(
                    .invalidValue, "s3_key_format",
                    "'s3_key_format' ends in '/', which stores take for a folder")
            }
        case .failure(let error):
            refuse(
                .invalidValue, "s3_key_format",
                "'s3_key_format' has no valid placeholder at '\(error.text)'",
                hint: "write '$$' or '%%' for the character itself")
        }
        if format.allSatisfy({ $0 == "/" }) {
            refuse(.invalidValue, "s3_key_format", "'s3_key_format' names no object")
        }

        objectSize = settings.size("total_file_size") ?? 0
        partSize = settings.size("upload_chunk_size") ?? 0
        if !(5 << 20...5_000_000_000).contains(partSize) {
            refuse(
                .outOfRange, "upload_chunk_size",
                "'upload_chunk_size' is outside 5MiB to 5G, which stores take as parts")
        }
        if !(1_000...50_000_000_000).contains(objectSize) {
            refuse(.outOfRange, "total_file_size", "'total_file_size' is outside 1K to 50G")
        } else if objectSize / max(partSize, 1) >= 9_999 {
            refuse(
                .outOfRange, "upload_chunk_size",
                "'total_file_size' has more than 10,000 parts of 'upload_chunk_size'")
        }
        usesMultipart = !settings.boolean("use_put_object") && objectSize > partSize
        if !usesMultipart, objectSize > 1_000_000_000 {
            refuse(
                .outOfRange, "total_file_size",
                "'total_file_size' is more than 1G with 'use_put_object'")
        }
        timeout = settings.duration("upload_timeout") ?? 0
        openLimit = settings.integer("max_open_objects") ?? 1
        memoryLimit = settings.size("buffer_limit") ?? 0
        parallel = settings.integer("parallel_uploads") ?? 1
        compression = Compression(rawValue: settings.text("compression") ?? "") ?? .none
        let dateKey = settings.text("json_date_key") ?? "false"
        self.dateKey = dateKey == "false" ? nil : dateKey

        let keyID = settings.text("aws_access_key_id")
        let secret = settings.text("aws_secret_access_key")
        if (keyID == nil) != (secret == nil) {
            refuse(
                .conflictingKeys, keyID == nil ? "aws_secret_access_key" : "aws_access_key_id",
                "'aws_access_key_id' and 'aws_secret_access_key' need each other")
        }
        if let keyID, let secret {
            credentials = Credentials(
                keyID: keyID, secret: secret,
                sessionToken: settings.text("aws_session_token").flatMap { $0.isEmpty ? nil : $0 })
        }
        profile = settings.text("profile")
        role = settings.text("role_arn")
        externalID = settings.text("external_id")
        let sts = settings.text("sts_endpoint") ?? "sts.\(region).amazonaws.com"
        tokenEndpoint = sts.contains("://") ? sts : "https://\(sts)"
        if StoreEndpoint(sts, region: region, bucket: "", addressing: .path) == nil {
            refuse(
                .invalidValue, "sts_endpoint", "'sts_endpoint' is no [http(s)://]host[:port]")
        }
        if externalID != nil, role == nil {
            refuse(.conflictingKeys, "external_id", "'external_id' needs 'role_arn'")
        }

        onlyCreates = settings.boolean("if_none_match")
        checksum = settings.text("checksum").flatMap { ObjectChecksum.Algorithm(rawValue: $0) }
        let lockMode = settings.text("object_lock_mode")
        let lockTime = settings.duration("object_lock_retention")
        if let lockMode, let lockTime { lock = (lockMode, lockTime) }
        if (lockMode == nil) != (lockTime == nil) {
            refuse(
                .conflictingKeys, lockMode == nil ? "object_lock_retention" : "object_lock_mode",
                "'object_lock_mode' and 'object_lock_retention' need each other")
        }
        // Objects with a lock must come with a checksum.
        sendsMD5 = settings.boolean("send_content_md5") || lockMode != nil
        (objectHeaders, partHeaders) = ObjectHeaders.read(
            settings, compression: compression, problems: &problems)
        let sse = settings.text("sse")
        checksETag = sse != "aws:kms" && settings.text("sse_customer_key") == nil
        transport = StoreClient.Transport(
            caFile: settings.text("tls.ca_file"), caPath: settings.text("tls.ca_path"),
            verifies: settings.boolean("tls.verify"), proxy: settings.text("proxy"),
            connectTimeout: settings.duration("net.connect_timeout") ?? 0,
            silence: settings.duration("net.io_timeout") ?? 0)

        fingerprint = Self.hash(
            "\(format)\n\(delimiters)\n\(isStatic)\n\(settings.text("time_zone") ?? "")")
        mayLeaveUnsigned =
            settings.text("sign_payload") != "on" && transport.isTrusted
            && endpoint?.isSecure == true
        guard problems.isEmpty, let endpoint, let template else { throw SettingsError(problems) }
        self.endpoint = endpoint
        self.template = template
    }

    /// What the operator should know of sizes that do not go together.
    var remark: String? {
        let (key, size) =
            usesMultipart ? ("upload_chunk_size", partSize) : ("total_file_size", objectSize)
        guard size > memoryLimit else { return nil }
        return "'\(key)' is more than 'buffer_limit': objects end at that already"
    }

    /// Headers of a request that makes an object now.
    ///
    /// - Parameter longest: nanoseconds for which the object is locked at most.
    func headers(
        at time: Timestamp, locksAtMost longest: Int64 = .max
    ) -> [(name: String, value: String)] {
        guard let lock else { return objectHeaders }
        let end = Timestamp(nanoseconds: time.nanoseconds + min(lock.time, longest))
        return objectHeaders + [
            ("x-amz-object-lock-mode", lock.mode),
            ("x-amz-object-lock-retain-until-date", "\(Timestamp(seconds: end.seconds))"),
        ]
    }

    /// FNV-1a, which stays the same in every process.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// Where the key comes from: the options, the profile, or in this order the environment, shared
    /// files, a web identity, the container and the machine; and a role that it takes.
    func makeChain(clock: @escaping () -> Timestamp) -> CredentialChain {
        let environment = Process.environment
        let files = ProfileCredentials(profile: profile, environment: environment)
        let sources: [any CredentialSource] =
            if let credentials {
                [FixedCredentials(credentials)]
            } else if profile != nil {
                [files]
            } else {
                [
                    EnvironmentCredentials(environment: environment), files,
                    WebIdentityCredentials(
                        endpoint: tokenEndpoint, transport: transport, environment: environment),
                    ContainerCredentials(environment: environment),
                    InstanceCredentials(environment: environment),
                ]
            }
        let chain = CredentialChain(sources, clock: clock)
        guard let role else { return chain }
        return CredentialChain(
            [
                AssumedRoleCredentials(
                    role: role, externalID: externalID, endpoint: tokenEndpoint,
                    region: endpoint.region, base: chain, transport: transport, clock: clock)
            ], clock: clock)
    }
}
