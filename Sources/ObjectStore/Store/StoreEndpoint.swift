import Core

/// Where a bucket is, and how it is written into addresses.
public struct StoreEndpoint: Sendable, Equatable {
    /// Where the bucket's name stands.
    public enum Addressing: String, Sendable, CaseIterable {
        /// `https://host/bucket/key`.
        case path
        /// `https://bucket.host/key`.
        case virtual
        /// `virtual` at AWS for buckets whose names allow it, else `path`.
        case auto
    }

    public var isSecure: Bool
    /// As in a URL: IPv6 literals in brackets.
    public var host: String
    public var port: UInt16?
    public var region: String
    public var bucket: String
    public var isVirtual: Bool

    /// - Parameters:
    ///   - text: `[http(s)://]host[:port]`; `https` when it names no scheme.
    /// - Returns: `nil` when the text is no endpoint.
    public init?(_ text: String, region: String, bucket: String, addressing: Addressing) {
        var rest = text[...]
        isSecure = true
        if let scheme = text.firstRange(of: "://") {
            switch text[..<scheme.lowerBound].lowercased() {
            case "http": isSecure = false
            case "https": break
            default: return nil
            }
            rest = text[scheme.upperBound...]
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        guard let (host, port) = Self.split(rest) else { return nil }
        self.host = host
        self.port = port == (isSecure ? 443 : 80) ? nil : port
        self.region = region
        self.bucket = bucket
        switch addressing {
        case .path: isVirtual = false
        case .virtual: isVirtual = true
        case .auto:
            isVirtual = host.hasSuffix(".amazonaws.com") && Self.isLabel(bucket)
        }
    }

    private static func split(_ text: Substring) -> (host: String, port: UInt16?)? {
        var host = text
        var port: UInt16?
        let end = text.hasPrefix("[") ? text.firstIndex(of: "]") : text.startIndex
        guard let end else { return nil }
        if let colon = text[end...].firstIndex(of: ":") {
            guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else {
                return nil
            }
            port = number
            host = text[..<colon]
        }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), IPAddress(String(host.dropFirst().dropLast())) != nil else {
                return nil
            }
        } else {
            let isName = host.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
                default: false
                }
            }
            guard isName, !host.isEmpty else { return nil }
        }
        return (String(host), port)
    }

    /// Whether a bucket's name can be one label of a host name, as certificates want it.
    private static func isLabel(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x61...0x7a, 0x2d: true
                default: false
                }
            }
    }

    /// Whether the host is an IP address and no name.
    public var isAddress: Bool { host.hasPrefix("[") || IPAddress(host) != nil }

    /// `https://host:9000`.
    public var origin: String { (isSecure ? "https://" : "http://") + authority(host) }

    /// The bucket's address.
    public var bucketURL: String { url(nil, query: "") }

    /// The `Host` header of requests.
    var hostHeader: String { authority(isVirtual ? "\(bucket).\(host)" : host) }

    private func authority(_ host: String) -> String { host + (port.map { ":\($0)" } ?? "") }

    /// The path of an object, or of the bucket for `nil`, percent-encoded.
    func path(_ key: String?) -> String {
        let object = key.map { "/" + PercentEncoding.encode($0, keepingSlashes: true) }
        if isVirtual { return object ?? "/" }
        return "/" + PercentEncoding.encode(bucket) + (object ?? "")
    }

    func url(_ key: String?, query: String) -> String {
        (isSecure ? "https://" : "http://") + hostHeader + path(key)
            + (query.isEmpty ? "" : "?\(query)")
    }
}
