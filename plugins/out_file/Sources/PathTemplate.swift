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
    static func parse(_ text: String) -> Result<PathTemplate, TemplateError> {
        var template = PathTemplate(isAbsolute: text.hasPrefix("/"))
        var component: [Piece] = []
        let pieces: [TemplatePiece]
        switch TemplatePiece.scan(text, letters: "YymdHMSjF") {
        case .success(let scanned): pieces = scanned
        case .failure(let error): return .failure(error)
        }
        for piece in pieces {
            // A slash inside `['a/b']` separates nothing.
            guard case .literal(let literal) = piece else {
                component.append(template.take(piece))
                continue
            }
            let parts = literal.split(separator: "/", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                if index > 0 {
                    template.add(component)
                    component = []
                }
                if !part.isEmpty { component.append(.literal(String(part))) }
            }
        }
        template.add(component)
        return .success(template)
    }

    private init(isAbsolute: Bool) { self.isAbsolute = isAbsolute }

    private mutating func add(_ component: [Piece]) {
        if !component.isEmpty && component != [.literal(".")] { components.append(component) }
    }

    private mutating func take(_ piece: TemplatePiece) -> Piece {
        switch piece {
        case .literal(let text), .word(let text): return .literal(text)
        case .tag: return .tag
        case .tagPart(let index): return .tagPart(index)
        case .field(let path):
            fields.append(path)
            return .field(fields.count - 1)
        case .time(let letter): return .time(letter)
        }
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
                case .time(let letter): part += TemplateText.time(time, letter)
                }
                isDynamic = true
            }
            parts.append(isDynamic ? TemplateText.cut(part, Self.componentLimit) : part)
        }
        let path = parts.joined(separator: "/")
        return isAbsolute ? "/" + path : path
    }

    private static func safe(_ value: String) -> String {
        TemplateText.safe(value, limit: componentLimit)
    }
}
