import Codec
import Core
import Foundation
import TestKit
import Testing

@Suite struct JSONReaderTests {
    private func read(_ text: [UInt8]) throws(DecodeError) -> String {
        var builder = RecordBuilder()
        builder.begin()
        try text.withBytes { span throws(DecodeError) in
            try JSONReader.readObject(span, into: &builder)
        }
        var batch = RecordBatch()
        builder.finish(into: &batch)
        var output = ""
        batch.forEachRow { output += RecordText.json($0) }
        return output
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var input: String
        var output: String
        init(_ input: String, _ output: String) {
            self.input = input
            self.output = output
        }
        var testDescription: String { input }
    }

    static let good: [Case] = [
        Case("{}", "{}"),
        Case(" \t\r\n{ \"a\" : 1 , \"b\" : [ ] } \n", #"{"a":1,"b":[]}"#),
        Case(#"{"a":-9223372036854775808}"#, #"{"a":-9223372036854775808}"#),
        Case(#"{"a":9223372036854775808}"#, #"{"a":9223372036854775808}"#),
        Case(#"{"a":18446744073709551616}"#, #"{"a":1.8446744073709552e+19}"#),
        Case(#"{"a":-0}"#, #"{"a":-0.0}"#),
        Case(
            #"{"a":0.1,"b":1e3,"c":1E-2,"d":-2.5e+1}"#, #"{"a":0.1,"b":1000.0,"c":0.01,"d":-25.0}"#),
        Case(#"{"a":null,"b":true,"c":false}"#, #"{"b":true,"c":false}"#),
        Case(#"{"a":{"b":[1,{"c":null}],"d":{}}}"#, #"{"a":{"b":[1,{"c":null}],"d":{}}}"#),
        Case(#"{"a":"\"\\\/\b\f\n\r\t\u00e9"}"#, #"{"a":"\"\\/\b\f\n\r\té"}"#),
        Case(#"{"a":"\ud83e\udd8a"}"#, #"{"a":"🦊"}"#),
        Case(#"{"a":"\ud83ex\udd8a\ud83e\u0041"}"#, "{\"a\":\"\u{fffd}x\u{fffd}\u{fffd}A\"}"),
        Case(
            #"{"a":"no escapes at all in a longer text"}"#,
            #"{"a":"no escapes at all in a longer text"}"#),
        Case(#"{"\u0061":1,"a":2,"b":3,"a":{"x":[]}}"#, #"{"a":1,"b":3}"#),
        Case(#"{"":1}"#, #"{"":1}"#),
    ]

    @Test(arguments: good)
    func readsObjects(_ sample: Case) throws {
        #expect(try read(Array(sample.input.utf8)) == sample.output)
    }

    static let bad: [(String, Int)] = [
        ("", 0), ("[]", 0), ("1", 0), ("{", 1), ("{\"a\"}", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7),
        ("{\"a\":1}x", 7), ("{a:1}", 1), ("{\"a\":01}", 5), ("{\"a\":1.}", 7), ("{\"a\":.5}", 5),
        ("{\"a\":+1}", 5), ("{\"a\":1e}", 7), ("{\"a\":-}", 6), ("{\"a\":tru}", 5),
        ("{\"a\":NaN}", 5), ("{\"a\":\"\t\"}", 6), ("{\"a\":\"\\x\"}", 7),
        ("{\"a\":\"\\u12g4\"}", 10),
        ("{\"a\":[1,]}", 8), ("{\"a\":1e999}", 5), ("\u{feff}{}", 0), ("{'a':1}", 1),
        ("{\"a\":1 \"b\":2}", 7),
    ]

    @Test(arguments: bad)
    func refusesWithTheOffset(input: String, offset: Int) {
        #expect(throws: DecodeError(.parserBadJSON, at: offset)) { try read(Array(input.utf8)) }
    }

    @Test func refusesEveryTruncation() throws {
        let text = Array(
            #"{"a":{"b":[1,-2.5e3,"x\u0041\ud83e\udd8a"],"c":null},"d":true,"e":"tail","f":12}"#
                .utf8)
        _ = try read(text)
        for count in 0..<text.count {
            #expect(throws: DecodeError.self) { try read(Array(text.prefix(count))) }
        }
    }

    @Test func survivesFlippedBits() {
        let text = Array(
            #"{"a":{"b":[1,-2.5e3,"x\u0041\ud83e\udd8a"],"c":null},"d":true,"e":"tail","f":12}"#
                .utf8)
        var random = SeededRandom(seed: 7)
        for _ in 0..<3000 {
            var flipped = text
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                flipped[Int.random(in: 0..<text.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            }
            // Accepted or refused, and what is accepted is JSON again.
            guard let output = try? read(flipped) else { continue }
            #expect((try? JSONSerialization.jsonObject(with: Data(output.utf8))) != nil)
        }
    }

    @Test func stopsAtTheDepthLimit() throws {
        func text(_ depth: Int) -> [UInt8] {
            Array(
                ("{\"a\":" + String(repeating: "[", count: depth)
                    + String(repeating: "]", count: depth) + "}").utf8)
        }
        _ = try read(text(Nested.depthLimit))
        #expect(throws: DecodeError(.parserBadJSON, at: 5 + Nested.depthLimit)) {
            try read(text(Nested.depthLimit + 1))
        }
    }

    @Test func stopsAtTheFieldLimit() {
        let members = (0...JSONReader.fieldLimit).map { "\"f\($0)\":0" }.joined(separator: ",")
        #expect(throws: DecodeError.self) { try read(Array("{\(members)}".utf8)) }
    }

    @Test func findsTheSameShapeForAlikeRecords() throws {
        var reader = JSONReader()
        var builder = RecordBuilder()
        var batch = RecordBatch()
        for line in [
            #"{"a":1,"b":"x"}"#, #"{"a":2,"b":"y"}"#, #"{"b":"z","a":3}"#, #"{"a":4,"b":""}"#,
        ] {
            builder.begin()
            try Array(line.utf8).withBytes { span throws(DecodeError) in
                try reader.readObject(span, into: &builder)
            }
            builder.finish(into: &batch)
        }
        #expect(batch.runs.map(\.count) == [2, 1, 1])
        #expect(batch.runs[0].shape === batch.runs[2].shape)
        var text = ""
        batch.forEachRow { text += RecordText.json($0) }
        #expect(text == #"{"a":1,"b":"x"}{"a":2,"b":"y"}{"b":"z","a":3}{"a":4,"b":""}"#)
    }

    @Test func forgetsTheNamesOfABrokenRecord() throws {
        var reader = JSONReader()
        var builder = RecordBuilder()
        for line in [#"{"x":1,"y":"#, #"{"y":1,"x":2}"#] {
            builder.begin()
            try? Array(line.utf8).withBytes { span throws(DecodeError) in
                try reader.readObject(span, into: &builder)
            }
        }
        #expect(builder.count == 2)
    }
}
