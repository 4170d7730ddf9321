import Core
import Net
import TestKit
import Testing

@Suite struct FramerTests {
    enum Kind: Equatable { case whole, cut, lost, unfinished, broken }

    struct Piece: Equatable {
        var kind: Kind
        var text: String
    }

    /// The frames of a stream that arrives in the given pieces and then ends.
    func frames(
        _ pieces: [[UInt8]], _ format: Framer.Format = .auto, limit: Int = 1000
    ) -> [Piece] {
        var framer = Framer(format: format, limit: limit)
        var rest: [UInt8] = []
        var found: [Piece] = []
        for piece in pieces {
            rest += piece
            var offset = 0
            scan: while true {
                let step = rest.withBytes { framer.next(in: $0, at: offset) }
                func add(_ kind: Kind, _ range: Range<Int>) {
                    found.append(
                        Piece(kind: kind, text: String(decoding: rest[range], as: UTF8.self)))
                }
                switch step {
                case .needMore: break scan
                case .skip(let next): offset = next
                case .frame(let range, let next):
                    add(.whole, range)
                    offset = next
                case .cut(let range, let next):
                    add(.cut, range)
                    offset = next
                case .lost(let range, let next):
                    add(.lost, range)
                    offset = next
                case .broken:
                    return found + [Piece(kind: .broken, text: "")]
                }
            }
            rest.removeFirst(offset)
        }
        if let left = rest.withBytes({ framer.remainder(of: $0, at: 0) }) {
            found.append(
                Piece(
                    kind: left.isWhole ? .whole : .unfinished,
                    text: String(decoding: rest[left.range], as: UTF8.self)))
        }
        return found
    }

    func texts(
        _ stream: String, _ format: Framer.Format = .auto, limit: Int = 1000
    ) -> [String] {
        frames([Array(stream.utf8)], format, limit: limit).map(\.text)
    }

    @Test(arguments: [
        ("5 <3>ab7 <3>abcd", ["<3>ab", "<3>abcd"]),
        ("5 <3>ab\n 7 <3>abcd\r\n", ["<3>ab", "<3>abcd"]),
        ("<3>ab\n<3>abcd\n", ["<3>ab", "<3>abcd"]),
        ("<3>ab\n5 <3>cd<3>e\n", ["<3>ab", "<3>cd", "<3>e"]),
        ("8 <3>a\nb\nc<3>d\n", ["<3>a\nb\nc", "<3>d"]),
        ("123: HOST: %SYS-5-X: y\n", ["123: HOST: %SYS-5-X: y"]),
        (
            "2026-10-02T17:36:35.1+0200 r CEF:0|x\n2026-10-02T17:36:35.2+0200 r CEF:0|y\n",
            ["2026-10-02T17:36:35.1+0200 r CEF:0|x", "2026-10-02T17:36:35.2+0200 r CEF:0|y"]
        ),
        ("05 <3>ab\n", ["05 <3>ab"]), ("12345678 <3>a\n", ["12345678 <3>a"]),
        ("", []), ("\n\r\n\0", []),
    ])
    func detectsTheFramingOfEachFrame(stream: String, expected: [String]) {
        #expect(texts(stream) == expected)
    }

    @Test(arguments: [
        // Counted frames behind lines.
        ("5 <3>ab\n", ["<3>ab"]), ("5 <3>ab6 <3>cde<3>f\n", ["<3>ab", "<3>cde", "<3>f"]),
        ("6 <3>ab\n5 <3>cd", ["<3>ab\n", "<3>cd"]), ("9 <3>ab", ["<3>ab"]),
        // Lines that only begin so.
        ("9 <3>ab\n<3>c\n", ["9 <3>ab", "<3>c"]), ("5 <b>ab\n", ["5 <b>ab"]),
        ("5 <>abc\n", ["5 <>abc"]), ("5 <1234>\n", ["5 <1234>"]), ("1999 <3>\n", ["1999 <3>"]),
        ("5 ab\n", ["5 ab"]), ("5 <3\n", ["5 <3"]), ("5\n", ["5"]), ("5 <b", ["5 <b"]),
    ])
    func findsCountedFramesBehindLines(stream: String, expected: [String]) {
        #expect(texts("<1>a\n<1>b\n<1>c\n" + stream) == ["<1>a", "<1>b", "<1>c"] + expected)
    }

    @Test func findsItsWayAfterAWrongCount() {
        let stream = "4 <1>a4 <1>b4 <1>c3 <1>d\n4 <1>e4 <1>f"
        let found = frames([Array(stream.utf8)])
        #expect(
            found == [
                Piece(kind: .whole, text: "<1>a"), Piece(kind: .whole, text: "<1>b"),
                Piece(kind: .whole, text: "<1>c"), Piece(kind: .whole, text: "<1>"),
                Piece(kind: .lost, text: "d"), Piece(kind: .whole, text: "<1>e"),
                Piece(kind: .whole, text: "<1>f"),
            ])
    }

    @Test func cutsWhatIsTooLongAndGoesOn() {
        let long = String(repeating: "x", count: 40)
        #expect(
            frames([Array("\(long)\n<1>b\n".utf8)], .newline, limit: 20) == [
                Piece(kind: .cut, text: String(long.prefix(20))), Piece(kind: .whole, text: "<1>b"),
            ])
        #expect(
            frames([Array("40 \(long)4 <1>b".utf8)], .octetCounting, limit: 20) == [
                Piece(kind: .cut, text: String(long.prefix(20))), Piece(kind: .whole, text: "<1>b"),
            ])
        // In auto a count beyond the limit is no count.
        #expect(
            frames([Array("40 <\(long)\n4 <1>b".utf8)], .auto, limit: 20) == [
                Piece(kind: .cut, text: "40 <" + String(long.prefix(16))),
                Piece(kind: .whole, text: "<1>b"),
            ])
    }

    @Test func keepsFramesThatNeverEnd() {
        #expect(frames([Array("<1>a\n<1>b".utf8)]).last == Piece(kind: .unfinished, text: "<1>b"))
        #expect(frames([Array("9 <1>ab".utf8)]).last == Piece(kind: .unfinished, text: "<1>ab"))
        #expect(frames([Array("123".utf8)]).last == Piece(kind: .unfinished, text: "123"))
        #expect(frames([Array("<1>a\n \n".utf8)]).last == Piece(kind: .whole, text: "<1>a"))
    }

    @Test func cutsBeforePrioritiesWithoutSeparators() {
        let stream =
            "<30>Oct  2 17:36:35 r a <3> b<30>Oct  2 17:36:36 r c<6>2026-10-02T17:36:35 r d"
        #expect(
            texts(stream, .priority) == [
                "<30>Oct  2 17:36:35 r a <3> b", "<30>Oct  2 17:36:36 r c",
                "<6>2026-10-02T17:36:35 r d",
            ])
        #expect(frames([Array(stream.utf8)], .priority).last?.kind == .whole)
    }

    static let streams = [
        "5 <3>ab7 <3>abcd 4 <1>e 12 <13>hello abc\n<13>line\n4 <1>x",
        "<34>Oct 11 22:14:15 a\n<34>Oct 11 22:14:15 b\r\n\n<34>c\n5 <3>ab\n",
        "4 <1>a4 <1>b4 <1>c3 <1>d\n4 <1>e99999 <x\nyy\n",
        "<30>Oct  2 r a<30>Oct  2 r bbbbbbbbbbbbbbbbbbbbbbbbbbbbb<30>Jan 1 c\n<31>2026 d",
        "<1>a\n<1>b\n<1>c\n5 <3>ab6 <3>cde<3>f\n7 <3>a\nb 24 <13>c\n",
        "\n\n12345 <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n<1>b\n1 <",
    ]

    @Test(arguments: streams, Framer.Format.allCases)
    func framesDoNotDependOnHowTheStreamIsCut(stream: String, format: Framer.Format) {
        var random = SeededRandom(seed: 7)
        for damaged in [Array(stream.utf8)] + Damage.flips(of: Array(stream.utf8), count: 60) {
            let expected = frames([damaged], format, limit: 24)
            let bytewise = frames(damaged.map { [$0] }, format, limit: 24)
            #expect(bytewise == expected)
            for _ in 0..<5 {
                var pieces: [[UInt8]] = []
                var rest = damaged[...]
                while !rest.isEmpty {
                    let count = Int.random(in: 1...min(9, rest.count), using: &random)
                    pieces.append(Array(rest.prefix(count)))
                    rest = rest.dropFirst(count)
                }
                #expect(frames(pieces, format, limit: 24) == expected)
            }
        }
    }

    @Test func keepsAllBytesOfArbitraryStreams() {
        var random = SeededRandom(seed: 11)
        let alphabet = Array("0123456789 <>\n\r\0abJan20".utf8)
        for _ in 0..<500 {
            let stream = (0..<200).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            for format in Framer.Format.allCases {
                let expected = frames([stream], format, limit: 32)
                #expect(frames(stream.map { [$0] }, format, limit: 32) == expected)
                #expect(
                    expected.allSatisfy {
                        !$0.text.isEmpty || $0.kind == .whole || $0.kind == .broken
                    })
            }
        }
    }
}
