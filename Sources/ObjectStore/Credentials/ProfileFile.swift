/// The sections of `~/.aws/credentials` and `~/.aws/config`.
struct ProfileFile {
    private var sections: [String: [String: String]] = [:]

    init(_ text: String) {
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            // Indented lines belong to nested settings, which hold no keys.
            if line.first == " " || line.first == "\t" { continue }
            let line = Self.trimmed(line)
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
                section = Self.trimmed(line[line.index(after: line.startIndex)..<end])
                // `config` writes `[profile NAME]`, `credentials` writes `[NAME]`.
                if section.hasPrefix("profile ") {
                    section = Self.trimmed(section.dropFirst("profile ".count))
                }
            } else if let equals = line.firstIndex(of: "=") {
                let key = Self.trimmed(line[..<equals]).lowercased()
                sections[section, default: [:]][key] = Self.trimmed(
                    line[line.index(after: equals)...])
            }
        }
    }

    subscript(profile: String) -> [String: String]? { sections[profile] }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = text.drop { $0 == " " || $0 == "\t" }[...]
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
