import Core
import System

/// A file's path with parts that come from each record.
///
/// `$TAG`, `$TAG[n]` (part of the tag between dots), `$field`, `$field['a'][0]`, and from the event
/// time in UTC `%Y %y %m %d %H %M %S %j %F`; `$$` and `%%` stand for themselves.
///
/// Values from tags and records can never leave the directory: in each value `/`, control
/// characters, DEL and bytes that are not UTF-8 become `_`, and so does a dot at its beginning; a
/// value that is missing or empty becomes `unknown`. A path component made of values is cut after
/// 200 bytes.
struct PathTemplate {
    enum Piece: Equatable {
        case literal(String)
        case tag
        case tagPart(Int)
        /// Index into `fields`.
        case field(Int)
        /// A letter of strftime.
        case time(Character)
    }

    /// Longest component in bytes; leaves room for what rotation appends (NAME_MAX is 255).
    static let componentLimit = 200

    /// Pieces of each component of the path.
    private(set) var components: [[Piece]] = []
    private(set) var fields: [FieldPath] = []
    let isAbsolute: Bool

    /// Reads a path.
    ///
    /// - Returns: `nil` and the reason when a placeholder is none.
    static func parse(_ text: String) -> Result<PathTemplate, PathTemplateError> {
        var template = PathTemplate(isAbsolute: text.hasPrefix("/"))
        // A slash inside `['a/b']` separates nothing, so pieces are read before components.
        var component: [Piece] = []
        var literal = ""
        var rest = text[...]
        func finishLiteral() {
            if !literal.isEmpty { component.append(.literal(literal)) }
            literal = ""
        }
        while let character = rest.first {
            rest.removeFirst()
            switch character {
            case "/":
                finishLiteral()
                template.add(component)
                component = []
            case "$", "%":
                if rest.first == character {
                    rest.removeFirst()
                    literal.append(character)
                    continue
                }
                finishLiteral()
                let read =
                    character == "$" ? template.readField(&rest) : Self.readTime(&rest)
                guard let piece = read else {
                    return .failure(PathTemplateError(text: "\(character)\(rest.prefix(12))"))
                }
                component.append(piece)
            default: literal.append(character)
            }
        }
        finishLiteral()
        template.add(component)
        return .success(template)
    }

    private init(isAbsolute: Bool) { self.isAbsolute = isAbsolute }

    private mutating func add(_ component: [Piece]) {
        if !component.isEmpty && component != [.literal(".")] { components.append(component) }
    }

    private static func readTime(_ rest: inout Substring) -> Piece? {
        guard let letter = rest.first, "YymdHMSjF".contains(letter) else { return nil }
        rest.removeFirst()
        return .time(letter)
    }

    private mutating func readField(_ rest: inout Substring) -> Piece? {
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard !name.isEmpty else { return nil }
        rest = rest[name.endIndex...]
        var steps = ""
        while rest.first == "[" {
            guard let close = FieldPath.endOfStep(rest) else { return nil }
            steps += rest[...close]
            rest = rest[rest.index(after: close)...]
        }
        if name == "TAG" {
            if steps.isEmpty { return .tag }
            guard let part = UInt16(steps.dropFirst().dropLast()) else { return nil }
            return .tagPart(Int(part))
        }
        guard let field = FieldPath("$\(name)\(steps)") else { return nil }
        fields.append(field)
        return .field(fields.count - 1)
    }

    /// The template whose path continues this one.
    func appending(_ file: PathTemplate) -> PathTemplate {
        var joined = self
        let shift = fields.count
        joined.fields += file.fields
        joined.components += file.components.map { component in
            component.map { piece in
                if case .field(let index) = piece { .field(index + shift) } else { piece }
            }
        }
        return joined
    }

    /// Whether it is the same path for all records.
    var isStatic: Bool { pieces.allSatisfy { if case .literal = $0 { true } else { false } } }

    /// Whether a literal component is `..`.
    var hasParentStep: Bool { components.contains([.literal("..")]) }

    /// Seconds within which event times give the same path; `nil` when the path has no time.
    var timeStep: Int64? {
        pieces.compactMap { piece -> Int64? in
            guard case .time(let letter) = piece else { return nil }
            return switch letter {
            case "S": 1
            case "M": 60
            case "H": 3600
            default: 86_400
            }
        }.min()
    }

    private var pieces: some Sequence<Piece> { components.joined() }

    /// The directory before the first component that depends on records.
    var root: String {
        let plain = components.dropLast().prefix { component in
            component.allSatisfy { if case .literal = $0 { true } else { false } }
        }
        let path = plain.map { Self.text(of: $0) }.joined(separator: "/")
        return isAbsolute ? "/" + path : path.isEmpty ? "." : path
    }

    private static func text(of component: [Piece]) -> String {
        component.reduce(into: "") { text, piece in
            if case .literal(let literal) = piece { text += literal }
        }
    }

    /// The path for a tag, an event time and the text of the fields, in the order of `fields`.
    func path(tag: String, time: Timestamp, values: [String]) -> String {
        var parts: [String] = []
        for component in components {
            var part = ""
            var isDynamic = false
            for piece in component {
                switch piece {
                case .literal(let text):
                    part += text
                    continue
                case .tag: part += Self.safe(tag)
                case .tagPart(let index):
                    let tagParts = tag.split(separator: ".", omittingEmptySubsequences: false)
                    part += Self.safe(index < tagParts.count ? String(tagParts[index]) : "")
                case .field(let index): part += Self.safe(values[index])
                case .time(let letter): part += Self.text(of: time, letter)
                }
                isDynamic = true
            }
            parts.append(isDynamic ? Self.cut(part) : part)
        }
        let path = parts.joined(separator: "/")
        return isAbsolute ? "/" + path : path
    }

    /// A value that is one harmless part of a file name.
    static func safe(_ value: String) -> String {
        guard !value.isEmpty else { return "unknown" }
        var result = ""
        for scalar in value.unicodeScalars {
            let isUnsafe =
                scalar == "/" || scalar == "\u{fffd}" || scalar.value < 0x20
                || (0x7f..<0xa0).contains(scalar.value) || (result.isEmpty && scalar == ".")
            result.unicodeScalars.append(isUnsafe ? "_" : scalar)
        }
        return cut(result)
    }

    /// The text without what goes beyond the limit, whole characters only.
    private static func cut(_ text: String) -> String {
        if text.utf8.count <= componentLimit { return text }
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            if count > componentLimit { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    private static func text(of time: Timestamp, _ letter: Character) -> String {
        let date = CivilTime(secondsSince1970: time.seconds)
        switch letter {
        case "Y": return padded(date.year, 4)
        case "y": return padded(date.year % 100, 2)
        case "m": return padded(date.month, 2)
        case "d": return padded(date.day, 2)
        case "H": return padded(date.hour, 2)
        case "M": return padded(date.minute, 2)
        case "S": return padded(date.second, 2)
        case "F":
            return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        default:
            let newYear = CivilTime(year: date.year, month: 1, day: 1).secondsSince1970
            return padded(Int((time.seconds - newYear) / 86_400) + 1, 3)
        }
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

/// A placeholder that is none: where it begins.
struct PathTemplateError: Error, Equatable {
    var text: String
}
