/// A piece of a text with placeholders, such as a file's path or an object's key.
public enum TemplatePiece: Equatable, Sendable {
    case literal(String)
    /// `$TAG`.
    case tag
    /// `$TAG[n]`: a part of the tag, from 0.
    case tagPart(Int)
    /// `$field`, `$field['a'][0]`.
    case field(FieldPath)
    /// `$WORD`: one of the words that the template knows.
    case word(String)
    /// A letter of strftime.
    case time(Character)

    /// Reads a text; `$$` and `%%` stand for themselves.
    ///
    /// - Parameters:
    ///   - words: what stands behind `$` and is no field.
    ///   - letters: what may stand behind `%`.
    /// - Returns: the placeholder that is none, when there is one.
    public static func scan(
        _ text: some StringProtocol, words: Set<String> = [], letters: String
    ) -> Result<[TemplatePiece], TemplateError> {
        var pieces: [TemplatePiece] = []
        var literal = ""
        var rest = Substring(text)
        func finishLiteral() {
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = ""
        }
        while let character = rest.first {
            let start = rest
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
            let read =
                character == "$"
                ? readName(&rest, words)
                : rest.popFirst().flatMap { letters.contains($0) ? .time($0) : nil }
            guard let read else { return .failure(TemplateError(text: String(start.prefix(13)))) }
            pieces.append(read)
        }
        finishLiteral()
        return .success(pieces)
    }

    private static func readName(_ rest: inout Substring, _ words: Set<String>) -> TemplatePiece? {
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
            return UInt16(steps.dropFirst().dropLast()).map { .tagPart(Int($0)) }
        }
        if steps.isEmpty, words.contains(String(name)) { return .word(String(name)) }
        return FieldPath("$\(name)\(steps)").map { .field($0) }
    }
}

/// A placeholder that is none.
public struct TemplateError: Error, Equatable, Sendable {
    /// The text from where it begins.
    public var text: String
}
