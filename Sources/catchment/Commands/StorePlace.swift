import Core

/// Objects in a store, as a command line names them: `s3://bucket/key`.
struct StorePlace: Equatable {
    /// `s3`.
    var scheme: String
    /// The bucket.
    var container: String
    /// A key, or what keys begin with.
    var key: String
    /// Whether all objects are meant whose keys begin with `key`: a text that ends in `/` or `*`, unless
    /// a backslash before takes that as it is.
    var isPrefix: Bool
    /// As it was given.
    var text: String
}

extension StorePlace {
    /// - Returns: `nil` for a file.
    /// - Throws: when it names no object.
    init?(_ text: String, schemes: [String]) throws(UsageError) {
        guard let scheme = schemes.first(where: { text.hasPrefix($0 + "://") }) else { return nil }
        let rest = text.dropFirst(scheme.utf8.count + 3)
        let container = String(rest.prefix { $0 != "/" })
        guard !container.isEmpty, container.utf8.count < rest.utf8.count else {
            let all =
                container.isEmpty ? "\(scheme)://BUCKET/KEY" : "\(text)/ is all of its objects"
            throw UsageError(.missingArgument, "'\(text)' names no object", hint: all)
        }
        var key = String(rest.dropFirst(container.count + 1))
        var isPrefix = key.isEmpty || key.hasSuffix("/") || key.hasSuffix("*")
        if key.hasSuffix("\\/") || key.hasSuffix("\\*") {
            isPrefix = false
            key.remove(at: key.index(key.endIndex, offsetBy: -2))
        } else if key.hasSuffix("*") {
            key.removeLast()
        }
        self.init(scheme: scheme, container: container, key: key, isPrefix: isPrefix, text: text)
    }

    /// An object's place as text.
    func text(of key: String) -> String { "\(scheme)://\(container)/\(key)" }
}

/// `--endpoint URL`: an option of the output that writes what is read.
struct StoreOption: Equatable {
    var key: String
    var value: String
}
