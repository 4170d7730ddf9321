public import Core

/// The `tls` options of inputs that serve connections, with Fluent Bit's names where it has them.
public enum TLSOptions {
    /// - Parameter requiringClients: whether clients must show a certificate unless told otherwise;
    ///   else they must when there is something to check it against.
    public static func specs(requiringClients: Bool) -> [OptionSpec] {
        [
            OptionSpec(
                "tls", .boolean, default: "off", help: "Serve TLS on the TCP port, nothing else."),
            OptionSpec(
                "tls.crt_file", .path,
                help: "Certificate of this server and behind it its chain, PEM; read again when "
                    + "changed."),
            OptionSpec("tls.key_file", .path, help: "Private key of the certificate, PEM."),
            OptionSpec("tls.key_passwd", .text, help: "Password of the private key."),
            OptionSpec(
                "tls.ca_file", .path,
                help: "Authorities that clients' certificates must be of, PEM."
            ),
            OptionSpec(
                "tls.verify", .boolean, default: "on", help: "Check certificates that clients show."
            ),
            OptionSpec(
                "tls.verify_client_cert", .boolean, default: requiringClients ? "on" : nil,
                help: "Refuse clients without a certificate"
                    + (requiringClients
                        ? "."
                        : "; on when tls.ca_file or tls.allowed_peers is given.")),
            OptionSpec(
                "tls.allowed_peers", .text, repeatable: true,
                help: "Clients that may connect: fingerprints (sha-256:E1:2D:..., sha-1:...) and "
                    + "names of certificates (*.example.net); all unless given."),
            OptionSpec(
                "tls.min_version", .choice(TLSServerSettings.Version.allCases.map(\.rawValue)),
                default: TLSServerSettings.Version.tls12.rawValue,
                help: "Lowest version to speak."),
            OptionSpec(
                "tls.max_version", .choice(TLSServerSettings.Version.allCases.map(\.rawValue)),
                default: TLSServerSettings.Version.tls13.rawValue,
                help: "Highest version to speak."),
            OptionSpec(
                "tls.ciphers", .text, default: TLSServerSettings.defaultCiphers,
                help: "Ciphers by OpenSSL's names; those that begin with TLS_ are of TLS 1.3."),
            OptionSpec(
                "tls.handshake_timeout", .duration, default: "10s",
                help: "A client that has not finished its handshake by then is closed."),
        ]
    }

    /// Reads what `specs` declares.
    ///
    /// - Parameter isStream: whether the other options ask for TCP.
    /// - Returns: `nil` without TLS, or with a problem.
    public static func read(
        _ settings: PluginSettings, isStream: Bool, _ problems: inout [SettingsProblem]
    ) -> TLSServerSettings? {
        guard settings.boolean("tls") else {
            // With a written `tls: off` they wait for it to be on again.
            if !settings.isGiven("tls") { refuseStrayKeys(settings, &problems) }
            return nil
        }
        if !isStream {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: settings.location(of: "tls"), "'tls' needs 'mode: tcp'"))
        }
        for key in ["tls.crt_file", "tls.key_file"] where settings.text(key) == nil {
            problems.append(
                SettingsProblem(
                    .missingKey, at: settings.location(of: "tls"), "'tls' needs '\(key)'")
            )
        }
        guard let certificate = settings.text("tls.crt_file"),
            let key = settings.text("tls.key_file")
        else { return nil }
        var server = TLSServerSettings(certificateFile: certificate, keyFile: key)
        server.keyPassword = settings.text("tls.key_passwd")
        server.ciphers = settings.text("tls.ciphers") ?? server.ciphers
        server.handshakeTimeoutMilliseconds =
            (settings.duration("tls.handshake_timeout") ?? 10_000_000_000) / 1_000_000
        readVersions(settings, &server, &problems)
        readClients(settings, &server, &problems)
        return server
    }

    private static func refuseStrayKeys(
        _ settings: PluginSettings, _ problems: inout [SettingsProblem]
    ) {
        for given in settings.given where given.key.hasPrefix("tls.") {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: given.location,
                    "'\(given.key)' has no effect without 'tls: on'"))
        }
    }

    private static func readVersions(
        _ settings: PluginSettings, _ server: inout TLSServerSettings,
        _ problems: inout [SettingsProblem]
    ) {
        func version(_ key: String) -> TLSServerSettings.Version? {
            settings.text(key).flatMap(TLSServerSettings.Version.init(rawValue:))
        }
        server.minimumVersion = version("tls.min_version") ?? .tls12
        server.maximumVersion = version("tls.max_version") ?? .tls13
        if server.minimumVersion == .tls13, server.maximumVersion == .tls12 {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: settings.location(of: "tls.max_version"),
                    "'tls.max_version' is below 'tls.min_version'"))
        }
    }

    private static func readClients(
        _ settings: PluginSettings, _ server: inout TLSServerSettings,
        _ problems: inout [SettingsProblem]
    ) {
        for given in settings.given where given.key == "tls.allowed_peers" {
            guard case .text(let text) = given.value else { continue }
            if let peer = AllowedPeer(text) {
                server.allowedPeers.append(peer)
            } else {
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: given.location,
                        "'tls.allowed_peers' has '\(text)', which is neither a fingerprint nor a "
                            + "name", hint: "for example sha-256:E1:2D:... with 32 bytes"))
            }
        }
        server.authorityFile = settings.text("tls.ca_file")
        let hasRules = server.authorityFile != nil || !server.allowedPeers.isEmpty
        guard settings.boolean("tls.verify") else {
            for key in ["tls.verify_client_cert", "tls.allowed_peers", "tls.ca_file"]
            where settings.isGiven(key) {
                if key == "tls.verify_client_cert", !settings.boolean(key) { continue }
                problems.append(
                    SettingsProblem(
                        .conflictingKeys, at: settings.location(of: key),
                        "'\(key)' has no effect with 'tls.verify: off'"))
            }
            server.authorityFile = nil
            return
        }
        let isAskedFor = settings.optionalBoolean("tls.verify_client_cert") ?? hasRules
        if isAskedFor, !hasRules {
            problems.append(
                SettingsProblem(
                    .missingKey, at: settings.location(of: "tls.verify_client_cert"),
                    "certificates of clients need 'tls.ca_file' or fingerprints in "
                        + "'tls.allowed_peers' to be checked",
                    hint: "'tls.verify: off' serves everyone"))
        }
        if !isAskedFor, !server.allowedPeers.isEmpty {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: settings.location(of: "tls.verify_client_cert"),
                    "'tls.allowed_peers' needs 'tls.verify_client_cert: on'"))
        }
        if server.authorityFile == nil, server.allowedPeers.contains(where: \.isName) {
            problems.append(
                SettingsProblem(
                    .missingKey, at: settings.location(of: "tls.allowed_peers"),
                    "names in 'tls.allowed_peers' need 'tls.ca_file': anyone can make a "
                        + "certificate with a name"))
        }
        server.clientCertificates = isAskedFor ? .required : hasRules ? .optional : .ignored
    }
}

extension AllowedPeer {
    fileprivate var isName: Bool { if case .name = self { true } else { false } }
}

extension PluginSettings {
    /// A boolean that has no default.
    fileprivate func optionalBoolean(_ key: String) -> Bool? {
        let hasDefault = info.options.contains { $0.key == key && $0.defaultValue != nil }
        return hasDefault || isGiven(key) ? boolean(key) : nil
    }
}
