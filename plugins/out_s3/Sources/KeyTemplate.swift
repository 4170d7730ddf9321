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
    ) -> Result<KeyTemplate, TemplateError> {
        var template = KeyTemplate(delimiters: Set(delimiters), zone: zone)
        let scanned = TemplatePiece.scan(
            text.drop { $0 == "/" }, words: ["UUID", "INDEX", "POSITION"],
            letters: "YymdHjFbBMSTs")
        switch scanned {
        case .success(let pieces): template.pieces = pieces.map { template.take($0) }
        case .failure(let error): return .failure(error)
        }
        if appendsUUID, !template.tellsObjectsApart {
            template.pieces += [.literal("-object"), .late("U")]
        }
        return .success(template)
    }

    private init(delimiters: Set<Character>, zone: TimeZone) {
        self.delimiters = delimiters
        self.zone = zone
    }

    private mutating func take(_ piece: TemplatePiece) -> Piece {
        switch piece {
        case .literal(let text): return .literal(text)
        case .tag: return .tag
        case .tagPart(let index): return .tagPart(index)
        case .field(let path):
            fields.append(path)
            return .field(fields.count - 1)
        case .word(let word): return .late(word.first ?? "U")
        case .time(let letter): return "MSTs".contains(letter) ? .late(letter) : .time(letter)
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
            case "P": key += TemplateText.padded(Int(clamping: first.record), 20)
            case let letter?: key += text(of: first.time, letter)
            case nil: break
            }
        }
        key += rest
        guard key.utf8.count > Self.keyLimit else { return key }
        return TemplateText.cut(key, Self.keyLimit - 10) + "-" + first.uuid
    }

    private static func safe(_ value: String) -> String {
        TemplateText.safe(value, limit: valueLimit)
    }

    private func text(of time: Timestamp, _ letter: Character) -> String {
        TemplateText.time(time, letter, offset: zone.offset(atUTC: time.seconds))
    }
}
