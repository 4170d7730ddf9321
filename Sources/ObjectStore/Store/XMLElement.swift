/// An element of the small XML documents that object stores answer with.
///
/// Strict: what is not well-formed is no answer. Attributes and namespaces are passed over,
/// document types are refused.
package struct XMLElement: Equatable {
    package var name: String
    /// The text directly inside, joined.
    package var text = ""
    package var children: [XMLElement] = []

    /// The text of the first child of this name.
    subscript(name: String) -> String? { children.first { $0.name == name }?.text }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// Elements within each other that are read.
    private static let depthLimit = 32

    /// - Returns: `nil` when the bytes are no well-formed document.
    package init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes)
        guard reader.skipProlog(), let root = reader.readElement(depth: 0), reader.isAtEnd else {
            return nil
        }
        self = root
    }

    private init(name: String) { self.name = name }

    private struct Reader {
        private let bytes: [UInt8]
        private var place = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool {
            bytes[place...].allSatisfy { Self.isBlank($0) }
        }

        private static func isBlank(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
        }

        private mutating func skipBlanks() {
            while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 }
        }

        private func startsWith(_ text: String) -> Bool {
            bytes[place...].starts(with: text.utf8)
        }

        /// Moves behind the next `text`.
        private mutating func skip(behind text: String) -> Bool {
            while place < bytes.count {
                if startsWith(text) {
                    place += text.utf8.count
                    return true
                }
                place += 1
            }
            return false
        }

        /// Stores send blanks to keep a connection alive before the document begins.
        mutating func skipProlog() -> Bool {
            if startsWith("\u{feff}") { place += 3 }
            while true {
                skipBlanks()
                if startsWith("<?") {
                    guard skip(behind: "?>") else { return false }
                } else if startsWith("<!--") {
                    guard skip(behind: "-->") else { return false }
                } else {
                    return true
                }
            }
        }

        private mutating func readName() -> String? {
            let start = place
            while place < bytes.count, !Self.isBlank(bytes[place]),
                ![UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "=")].contains(bytes[place])
            {
                place += 1
            }
            return place == start ? nil : String(decoding: bytes[start..<place], as: UTF8.self)
        }

        mutating func readElement(depth: Int) -> XMLElement? {
            guard depth < XMLElement.depthLimit, startsWith("<"), !startsWith("<!") else {
                return nil
            }
            place += 1
            guard let name = readName() else { return nil }
            var element = XMLElement(name: name)
            guard let isEmpty = skipAttributes() else { return nil }
            if isEmpty { return element }
            while place < bytes.count {
                if startsWith("</") {
                    place += 2
                    guard readName() == name else { return nil }
                    skipBlanks()
                    guard startsWith(">") else { return nil }
                    place += 1
                    return element
                } else if startsWith("<!--") {
                    guard skip(behind: "-->") else { return nil }
                } else if startsWith("<") {
                    guard let child = readElement(depth: depth + 1) else { return nil }
                    element.children.append(child)
                } else {
                    guard let text = readText() else { return nil }
                    element.text += text
                }
            }
            return nil
        }

        /// - Returns: whether the tag ended with `/>`; `nil` when it does not end.
        private mutating func skipAttributes() -> Bool? {
            while true {
                skipBlanks()
                if startsWith("/>") {
                    place += 2
                    return true
                }
                if startsWith(">") {
                    place += 1
                    return false
                }
                guard readName() != nil, startsWith("=") else { return nil }
                place += 1
                guard place < bytes.count else { return nil }
                let quote = bytes[place]
                guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                    let end = bytes[(place + 1)...].firstIndex(of: quote)
                else { return nil }
                place = end + 1
            }
        }

        private mutating func readText() -> String? {
            let end = bytes[place...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
            let raw = String(decoding: bytes[place..<end], as: UTF8.self).unicodeScalars
            place = end
            guard raw.contains("&") else { return String(raw) }
            // Scalars, because a combining one makes another character of what stands before it.
            var result = String.UnicodeScalarView()
            var rest = raw[...]
            while let ampersand = rest.firstIndex(of: "&") {
                result += rest[..<ampersand]
                guard let end = rest[ampersand...].firstIndex(of: ";"),
                    let scalar = Self.scalar(Substring(rest[rest.index(after: ampersand)..<end]))
                else { return nil }
                result.append(scalar)
                rest = rest[rest.index(after: end)...]
            }
            return String(result + rest)
        }

        private static func scalar(_ name: Substring) -> Unicode.Scalar? {
            switch name {
            case "amp": return "&"
            case "lt": return "<"
            case "gt": return ">"
            case "quot": return "\""
            case "apos": return "'"
            default:
                guard name.hasPrefix("#") else { return nil }
                let digits = name.dropFirst()
                let number =
                    digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
                return number.flatMap { Unicode.Scalar($0) }
            }
        }
    }

    /// The text with what XML reserves written as entities.
    package static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
