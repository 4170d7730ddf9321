import Codec
import Core
import Foundation
import Testing

@Suite struct JSONLinesWriterTests {
    /// Encodes a batch; every line must be JSON for somebody else, too.
    private func encode(_ batch: borrowing RecordBatch, dateKey: String? = nil) -> [String] {
        var writer = JSONLinesWriter(dateKey: dateKey)
        var output = ByteBuffer()
        writer.append(batch, to: &output)
        var lines = output.bytes.lines
        #expect(lines.last == "")
        lines.removeLast()
        return lines
    }

    private func isJSON(_ line: String) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(line.utf8))) is [String: Any]
    }

    @Test(arguments: 0..<400)
    func agreesWithTheSlowWriterOnRandomShapes(seed: Int) {
        var records = RandomRecords(seed: UInt64(seed))
        var batch = RecordBatch(tag: "t")
        batch.received = Timestamp(nanoseconds: 1_700_000_000_123_456_789)
        for _ in 0..<4 {
            let shape = records.shape()
            records.appendRun(
                shape, count: Int.random(in: 0...5, using: &records.random), to: &batch)
        }
        let dateKey = seed % 5 == 0 ? "@time" : nil
        let lines = encode(batch, dateKey: dateKey)
        var expected: [String] = []
        var single = JSONLinesWriter(dateKey: dateKey)
        var one = ByteBuffer()
        let received = batch.received
        batch.forEachRow { row in
            expected.append(RecordText.json(row, received: received, dateKey: dateKey))
            single.append(row, received: received, to: &one)
        }
        let singles = one.bytes.lines.dropLast()
        #expect(lines.count == expected.count && singles.count == expected.count)
        for index in expected.indices where index < lines.count {
            #expect(lines[index] == expected[index])
            #expect(singles[index] == expected[index])
            #expect(isJSON(lines[index]))
        }
    }

    @Test func survivesRowsCutShortOfTheirFixedPart() {
        let shape = Shape.known(
            columns: [
                Column("a", .unsigned, .row(offset: 0, length: 2)),
                Column("b", .unsigned, .row(offset: 2, length: 4)),
            ], rowLength: 6, hasVariablePart: false, constantsLength: 0)
        let bytes: [UInt8] = [0, 7, 0, 0]
        var writer = JSONLinesWriter()
        var output = ByteBuffer()
        bytes.withBytes {
            writer.append(
                Row(shape: shape, bytes: $0, constants: RawSpan()),
                received: Timestamp(nanoseconds: 0), to: &output)
        }
        #expect(output.bytes.makeString() == "{\"a\":7}\n")
    }

    struct Golden: Sendable, CustomTestStringConvertible {
        var encoding: Encoding
        var bytes: [UInt8]
        var text: String
        var testDescription: String { "\(encoding) \(text)" }
    }

    static let goldens: [Golden] = [
        Golden(encoding: .unsigned, bytes: [0], text: "0"),
        Golden(encoding: .unsigned, bytes: [0x27, 0x10], text: "10000"),
        Golden(encoding: .unsigned, bytes: [0x05, 0xf5, 0xe1, 0x00], text: "100000000"),
        Golden(
            encoding: .unsigned, bytes: [UInt8](repeating: 255, count: 8),
            text: "18446744073709551615"),
        Golden(encoding: .unsigned, bytes: [1, 0, 0], text: "65536"),
        Golden(encoding: .signed, bytes: [0xff, 0xfe], text: "-2"),
        Golden(
            encoding: .signed, bytes: [0x80, 0, 0, 0, 0, 0, 0, 0], text: "-9223372036854775808"),
        Golden(encoding: .float, bytes: [0x3f, 0xc0, 0, 0], text: "1.5"),
        Golden(encoding: .float, bytes: [0x7f, 0x80, 0, 0], text: "null"),
        Golden(encoding: .boolean, bytes: [1], text: "true"),
        Golden(encoding: .ipfixBoolean, bytes: [2], text: "false"),
        Golden(encoding: .text, bytes: Array("a\"b\\c\n\u{1}".utf8), text: #""a\"b\\c\n\u0001""#),
        Golden(encoding: .text, bytes: [0x61, 0xff, 0x62], text: "\"a\u{fffd}b\""),
        Golden(encoding: .paddedText, bytes: [0x61, 0, 0], text: "\"a\""),
        Golden(encoding: .bytes, bytes: [0xde, 0xad], text: "\"dead\""),
        Golden(encoding: .address, bytes: [192, 0, 2, 10], text: "\"192.0.2.10\""),
        Golden(
            encoding: .address,
            bytes: [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [1],
            text: "\"2001:db8::1\""),
        Golden(
            encoding: .address,
            bytes: [UInt8](repeating: 0, count: 10) + [255, 255, 10, 0, 0, 1], text: "\"10.0.0.1\""),
        Golden(encoding: .address, bytes: [UInt8](repeating: 0, count: 16), text: "\"::\""),
        Golden(
            encoding: .address, bytes: [0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 5],
            text: "\"1:0:2::3:4:5\""),
        Golden(
            encoding: .mac, bytes: [0, 0x1b, 0x21, 0xab, 0xcd, 0xef], text: "\"00:1b:21:ab:cd:ef\""),
        Golden(encoding: .seconds, bytes: [0, 0, 0, 0], text: "\"1970-01-01T00:00:00.000Z\""),
        Golden(
            encoding: .milliseconds, bytes: [0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0x7b],
            text: "\"2023-11-14T22:13:20.123Z\""),
        Golden(
            encoding: .nanoseconds, bytes: [0x17, 0x97, 0x9c, 0xfe, 0x3d, 0x85, 0xcd, 0x15],
            text: "\"2023-11-14T22:13:20.123456789Z\""),
        Golden(
            encoding: .nanoseconds, bytes: [UInt8](repeating: 255, count: 8),
            text: "\"1969-12-31T23:59:59.999999999Z\""),
    ]

    @Test(arguments: goldens)
    func writesValuesAsDocumented(_ golden: Golden) {
        let shape = Shape.known(
            columns: [Column("v", golden.encoding, .row(offset: 0, length: golden.bytes.count))],
            rowLength: golden.bytes.count, hasVariablePart: false, constantsLength: 0)
        var batch = RecordBatch()
        golden.bytes.withBytes {
            batch.append(rows: $0, count: 1, shape: shape, constants: RawSpan())
        }
        #expect(encode(batch) == ["{\"v\":\(golden.text)}"])
    }

    @Test func writesAnEmptyObjectWhenEverythingIsNull() {
        let shape = Shape.known(
            columns: [
                Column("a", .unsigned, .row(offset: 0, length: 4), zeroIsNull: true),
                Column("ie", member: "b", .null, .row(offset: 0, length: 4)),
                Column("ie", member: "c", .address, .row(offset: 0, length: 4), zeroIsNull: true),
                Column("h", .unsigned, .row(offset: 0, length: 4), hidden: true),
            ], rowLength: 4, hasVariablePart: false, constantsLength: 0)
        var batch = RecordBatch()
        [UInt8](repeating: 0, count: 8).withBytes {
            batch.append(rows: $0, count: 2, shape: shape, constants: RawSpan())
        }
        #expect(encode(batch) == ["{}", "{}"])
    }

    @Test func groupsMembersUnderTheirMap() {
        let shape = Shape.known(
            columns: [
                .literal("type", text: "flow"),
                Column("ie", member: "x", .unsigned, .row(offset: 0, length: 1)),
                Column("ie", member: "y", .text, .literal(Array("z".utf8))),
                Column("end", .unsigned, .constant(offset: 0, length: 1)),
            ], rowLength: 1, hasVariablePart: false, constantsLength: 1)
        var batch = RecordBatch()
        let rows: [UInt8] = [1, 2]
        let constants: [UInt8] = [9]
        rows.withBytes { rows in
            constants.withBytes {
                batch.append(rows: rows, count: 2, shape: shape, constants: $0)
            }
        }
        #expect(
            encode(batch) == [
                #"{"type":"flow","ie":{"x":1,"y":"z"},"end":9}"#,
                #"{"type":"flow","ie":{"x":2,"y":"z"},"end":9}"#,
            ])
    }

    @Test func writesTextOfEveryLengthAtTheEndOfTheBuffer() {
        var builder = RecordBuilder()
        for count in 0...70 {
            for last in ["x", "\"", "€", "🦊"] {
                let text = String(repeating: "a", count: count) + last
                var batch = RecordBatch()
                builder.begin()
                builder.add("t", text: text)
                builder.finish(into: &batch)
                let shown = last == "\"" ? String(text.dropLast()) + "\\\"" : text
                #expect(encode(batch) == ["{\"t\":\"\(shown)\"}"])
            }
        }
    }

    @Test func stopsAtTheDepthLimit() {
        var builder = RecordBuilder()
        var batch = RecordBatch()
        builder.begin()
        builder.addNested("deep") { writer in
            for _ in 0..<70 { writer.beginArray() }
            for _ in 0..<70 { writer.end() }
        }
        builder.finish(into: &batch)
        let brackets = Nested.depthLimit
        let inside =
            String(repeating: "[", count: brackets) + "null"
            + String(repeating: "]", count: brackets)
        #expect(encode(batch) == ["{\"deep\":\(inside)}"])
    }
}
