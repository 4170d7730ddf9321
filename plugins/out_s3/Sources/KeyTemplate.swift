import Core
import Parsers

/// Keys of objects, as Fluent Bit's `s3_key_format` writes them.
///
/// `$TAG`, `$TAG[n]`, record fields `$host`, `$sd['origin']['ip']`, and the hour and what is longer
/// (`%H %d %m %Y %y %j %F %b %B`) decide which object a record goes to: they are true of every
/// record in it. `$UUID`, `$INDEX`, `$POSITION` and what is shorter than an hour (`%M %S %T %s`) are
/// those of the object's first record. `$$` and `%%` stand for themselves.
struct KeyTemplate {
    enum Piece: Equatable {
        case literal(String)
        case tag
        case tagPart(Int)
        /// Index into `fields`.
        case field(Int)
        /// A letter of strftime.
        case time(Character)
        /// What the object's first record decides; the letter that stands for it meanwhile.
        case late(Character)
    }

    /// Longest value that a record puts into a key, in bytes.
    static let valueLimit = 200
    /// Longest key of an object (Amazon S3 User Guide, "Naming Amazon S3 objects").
    static let keyLimit = 1024
    /// Marks the place of something that is not known yet; no value has this character.
    private static let mark: Character = "\u{1}"

    private(set) var pieces: [Piece] = []
    private(set) var fields: [FieldPath] = []
    private let delimiters: Set<Character>
    private let zone: TimeZone

    /// What makes one object's key, apart from its records' common part.
    struct First {
        var time: Timestamp
        var uuid: String
        var index: UInt64
        /// The number of the first record in its journal.
        var record: UInt64
    }

    /// Reads a format.
    ///
    /// - Parameters:
    ///   - delimiters: characters between the parts of a tag.
    ///   - appendsUUID: adds `-object$UUID` when nothing in the format tells objects apart.
    /// - Returns: the placeholder that is none, when there is one.
    static func parse(
        _ text: String, delimiters: String = ".", zone: TimeZone = .utc, appendsUUID: Bool = false
    ) -> Result<KeyTemplate, KeyTemplateError> {
        var template = KeyTemplate(delimiters: Set(delimiters), zone: zone)
        var literal = ""
        var rest = text.drop { $0 == "/" }
        func finishLiteral() {
            if !literal.isEmpty { template.pieces.append(.literal(literal)) }
            literal = ""
        }
        while let character = rest.first {
            rest.removeFirst()
            guard character == "$" || character == "%" else {
                literal.append(character)
                continue
            }
            if rest.first == character {
                rest.removeFirst()
                literal.append(character)
                continue
            }
            finishLiteral()
            let read = character == "$" ? template.readField(&rest) : readTime(&rest)
            guard let piece = read else {
                return .failure(KeyTemplateError(text: "\(character)\(rest.prefix(12))"))
            }
            template.pieces.append(piece)
        }
        finishLiteral()
        if appendsUUID, !template.tellsObjectsApart {
            template.pieces += [.literal("-object"), .late("U")]
        }
        return .success(template)
    }

    private init(delimiters: Set<Character>, zone: TimeZone) {
        self.delimiters = delimiters
        self.zone = zone
    }

    private static func readTime(_ rest: inout Substring) -> Piece? {
        guard let letter = rest.first else { return nil }
        rest.removeFirst()
        if "YymdHjFbB".contains(letter) { return .time(letter) }
        return "MSTs".contains(letter) ? .late(letter) : nil
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
        switch name {
        case "TAG":
            if steps.isEmpty { return .tag }
            return UInt16(steps.dropFirst().dropLast()).map { .tagPart(Int($0)) }
        case "UUID" where steps.isEmpty: return .late("U")
        case "INDEX" where steps.isEmpty: return .late("I")
        case "POSITION" where steps.isEmpty: return .late("P")
        default:
            guard let field = FieldPath("$\(name)\(steps)") else { return nil }
            fields.append(field)
            return .field(fields.count - 1)
        }
    }

    /// Whether no two objects get the same key.
    var tellsObjectsApart: Bool {
        pieces.contains { $0 == .late("U") || $0 == .late("I") || $0 == .late("P") }
    }

    /// Whether the hour, or something longer, is in the key.
    var hasTime: Bool {
        pieces.contains { if case .time = $0 { true } else { false } }
    }

    /// The common part of the keys of all objects that a record may go to.
    ///
    /// - Parameter values: texts of `fields`.
    func partition(tag: String, time: Timestamp, values: [String]) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .tag: text += Self.safe(tag)
            case .tagPart(let index):
                let parts = tag.split(omittingEmptySubsequences: false) { delimiters.contains($0) }
                text += Self.safe(index < parts.count ? String(parts[index]) : "")
            case .field(let index): text += Self.safe(values[index])
            case .time(let letter): text += self.text(of: time, letter)
            case .late(let letter):
                text.append(Self.mark)
                text.append(letter)
            }
        }
        return text
    }

    /// The key of an object in a partition.
    func key(of partition: String, _ first: First) -> String {
        var key = ""
        var rest = partition[...]
        while let mark = rest.firstIndex(of: Self.mark) {
            key += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            switch rest.popFirst() {
            case "U": key += first.uuid
            case "I": key += String(first.index)
            case "P": key += Self.padded(Int(clamping: first.record), 20)
            case let letter?: key += text(of: first.time, letter)
            case nil: break
            }
        }
        key += rest
        guard key.utf8.count > Self.keyLimit else { return key }
        return Self.cut(key, Self.keyLimit - 10) + "-" + first.uuid
    }

    /// A value as one harmless part of a key.
    static func safe(_ value: String) -> String {
        guard !value.isEmpty else { return "unknown" }
        var result = ""
        for scalar in value.unicodeScalars {
            let isUnsafe =
                scalar == "/" || scalar == "\u{fffd}" || scalar.value < 0x20
                || (0x7f..<0xa0).contains(scalar.value) || (result.isEmpty && scalar == ".")
            result.unicodeScalars.append(isUnsafe ? "_" : scalar)
        }
        return cut(result, valueLimit)
    }

    /// The text without what goes beyond the limit, whole characters only.
    private static func cut(_ text: String, _ limit: Int) -> String {
        if text.utf8.count <= limit { return text }
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            if count > limit { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    private func text(of time: Timestamp, _ letter: Character) -> String {
        let local = time.seconds + zone.offset(atUTC: time.seconds)
        let date = CivilTime(secondsSince1970: local)
        switch letter {
        case "Y": return Self.padded(date.year, 4)
        case "y": return Self.padded(date.year % 100, 2)
        case "m": return Self.padded(date.month, 2)
        case "d": return Self.padded(date.day, 2)
        case "H": return Self.padded(date.hour, 2)
        case "M": return Self.padded(date.minute, 2)
        case "S": return Self.padded(date.second, 2)
        case "s": return String(time.seconds)
        case "b": return String(Self.months[date.month - 1].prefix(3))
        case "B": return Self.months[date.month - 1]
        case "T":
            return [date.hour, date.minute, date.second].map { Self.padded($0, 2) }
                .joined(separator: ":")
        case "F":
            return Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-"
                + Self.padded(date.day, 2)
        default:
            let newYear = CivilTime(year: date.year, month: 1, day: 1).secondsSince1970
            return Self.padded(Int((local - newYear) / 86_400) + 1, 3)
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

/// A placeholder that is none: where it begins.
struct KeyTemplateError: Error, Equatable {
    var text: String
}
