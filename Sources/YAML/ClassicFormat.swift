import Core

/// Recognises Fluent Bit's older `[SECTION]` format, so that its users get a sentence they can act
/// on rather than a YAML error.
enum ClassicFormat {
    static func problem(of bytes: [UInt8], in path: String) -> SettingsProblem? {
        let lines = bytes.prefix(64 << 10).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "\r")
            else { continue }
            let isSection =
                first == UInt8(ascii: "[")
                && text.dropFirst().prefix { (0x41...0x5a).contains($0) || $0 == 0x5f }.count > 2
                && text.contains(UInt8(ascii: "]"))
            let isCommand = first == UInt8(ascii: "@")
            guard isSection || isCommand else { return nil }
            return SettingsProblem(
                .yamlUnsupported,
                at: SourceLocation(
                    file: path, line: index + 1, column: line.count - text.count + 1),
                "this is Fluent Bit's classic format; Catchment reads YAML",
                hint: "write [INPUT] as an item under 'pipeline: inputs:'")
        }
        return nil
    }
}
