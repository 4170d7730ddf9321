import Core
import Testing

@Suite struct TemplatePieceTests {
    private static func text(of piece: TemplatePiece) -> String {
        switch piece {
        case .literal(let text): "'\(text)'"
        case .tag: "TAG"
        case .tagPart(let index): "TAG\(index)"
        case .field(let path): path.description
        case .word(let word): "!\(word)"
        case .time(let letter): "%\(letter)"
        }
    }

    @Test(
        arguments: [
            ("", []), ("a/b", ["'a/b'"]), ("a$$b%%", ["'a$b%'"]), ("$TAG", ["TAG"]),
            ("x$TAG[3]y", ["'x'", "TAG3", "'y'"]), ("%Y%H", ["%Y", "%H"]),
            ("$UUID-$UUIDS", ["!UUID", "'-'", "$UUIDS"]), ("$UUID[0]", ["$UUID[0]"]),
            ("$sd['a]/b'][0].x", ["$sd['a]/b'][0]", "'.x'"]),
        ])
    func scans(text: String, expected: [String]) throws {
        let pieces = try TemplatePiece.scan(text, words: ["UUID"], letters: "YH").get()
        #expect(pieces.map { Self.text(of: $0) } == expected)
    }

    @Test(
        arguments: [
            ("a$", "$"), ("a%Qb", "%Qb"), ("%", "%"), ("x$TAG[x]", "$TAG[x]"), ("$a['b", "$a['b"),
            ("$-0123456789abcdef", "$-0123456789a"), ("%Y$TAG[-1]/%H", "$TAG[-1]/%H"),
        ])
    func saysWhereAPlaceholderIsNone(text: String, place: String) {
        let error = #expect(throws: TemplateError.self) {
            try TemplatePiece.scan(text, letters: "YH").get()
        }
        #expect(error?.text == place)
    }
}
