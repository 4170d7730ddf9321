import Core
import TestKit
import Testing

@Suite struct RowJoinTests {
    private func batch(_ objects: [String]) throws -> RecordBatch {
        var batch = RecordBatch()
        for object in objects { try batch.append(json: object) }
        return batch
    }

    /// Joins each row of one batch with the row of another at the same place.
    private func join(
        _ first: borrowing RecordBatch, _ second: borrowing RecordBatch
    ) -> RecordBatch {
        var cache = RowJoinCache()
        var result = RecordBatch(tag: "joined")
        var index = 0
        first.forEachRow { one in
            var other = 0
            second.forEachRow { two in
                if other == index {
                    result.append(one, two, joined: cache.join(one.shape, two.shape))
                }
                other += 1
            }
            index += 1
        }
        return result
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"b":"x"}"#, #"{"a":1,"b":"x"}"#),
        (#"{"a":1}"#, #"{"a":2}"#, #"{"a":1}"#),
        (#"{"a":null,"b":1}"#, #"{"a":2,"c":3}"#, #"{"a":2,"b":1,"c":3}"#),
        (
            #"{"a":{"x":1}}"#, #"{"a":{"y":2},"b":[1,{"c":null}]}"#,
            #"{"a":{"x":1},"b":[1,{"c":null}]}"#
        ),
        (#"{}"#, #"{"a":"é"}"#, #"{"a":"é"}"#), (#"{"a":1}"#, #"{}"#, #"{"a":1}"#),
        (#"{}"#, #"{}"#, #"{}"#),
    ])
    func takesTheFirstAndWhatOnlyTheSecondHas(
        first: String, second: String, expected: String
    ) throws {
        #expect(join(try batch([first]), try batch([second])).jsonLines() == [expected])
        let again = join(try batch([first, first]), try batch([second, second]))
        #expect(again.jsonLines() == [expected, expected])
        #expect(again.runs.count == 1 && again.count == 2)
    }

    @Test func keepsConstantsAndDerivations() throws {
        let flows = SampleShapes.batch()
        let names = try batch([#"{"name":"a"}"#, #"{"name":"b"}"#])
        let plain = flows.jsonLines()
        let head = join(flows, names)
        #expect(
            head.jsonLines()
                == zip(plain, ["a", "b"]).map { $0.dropLast() + #","name":"\#($1)"}"# })
        let tail = join(names, flows)
        #expect(
            tail.jsonLines()
                == zip(plain, ["a", "b"]).map { #"{"name":"\#($1)","# + $0.dropFirst() })
        #expect(head.runs.count == 1 && tail.runs.count == 1)
        for (one, other) in [(head.times(), flows.times()), (tail.times(), flows.times())] {
            #expect(one == other)
        }
    }

    @Test func joinsRowsWithThemselves() {
        let flows = SampleShapes.batch()
        let joined = join(flows, flows)
        let fields = joined.jsonLines().map(sorted)
        #expect(fields == flows.jsonLines().map(sorted))
    }

    /// The text without regard to the order of its fields.
    private func sorted(_ line: String) -> [Character] { line.filter { $0 != "," }.sorted() }

    @Test func takesASecondFieldWhereTheFirstIsNull() throws {
        let flows = SampleShapes.batch()
        let others = try batch([#"{"src_as":7,"message":"m"}"#, #"{"src_as":8,"message":"m"}"#])
        let joined = join(flows, others).jsonLines()
        #expect(joined.map { $0.contains(#""src_as":7"#) } == [true, false])
        #expect(joined[0].contains(#""message":"hello""#))
        #expect(joined[1].contains(#""src_as":64500"#) && joined[1].contains(#""message":"m""#))
    }

    private func size(of batch: borrowing RecordBatch) -> Int { batch.bytes.byteCount }

    @Test func copiesOnlyWhatIsNeeded() throws {
        let long = String(repeating: "x", count: 500)
        var second = try batch([#"{"long":"\#(long)","b":1}"#])
        second.reshape { shape in
            var columns = shape.columns
            columns[0].isHidden = true
            return shape.replacingColumns(columns, timeColumn: nil)
        }
        let joined = join(try batch([#"{"a":2}"#]), second)
        #expect(joined.jsonLines() == [#"{"a":2,"b":1}"#])
        #expect(size(of: joined) < 100)
    }

    @Test func copiesRowsOfAnyShape() throws {
        var source = try batch([#"{"a":1}"#, #"{"a":2}"#, #"{"b":"x"}"#])
        let flows = SampleShapes.batch()
        var copy = RecordBatch(tag: "t")
        source.forEachRow { copy.append($0) }
        flows.forEachRow { copy.append($0) }
        source.forEachRow { copy.append($0) }
        #expect(
            copy.jsonLines() == source.jsonLines() + flows.jsonLines() + source.jsonLines())
        #expect(copy.runs.count == 2 * source.runs.count + 1)
        source.exchangeRecords(with: &copy)
        #expect(source.count == 8 && copy.count == 3 && copy.tag == "t")
    }

    @Test func survivesDamagedRows() throws {
        var random = SeededRandom(seed: 11)
        let flows = SampleShapes.batch()
        let names = try batch([#"{"name":"a","src_as":[1]}"#, #"{"name":"b","src_as":[2]}"#])
        for _ in 0..<300 {
            var bytes = flows.bytes.makeArray()
            guard let run = flows.runs.first else { return }
            // Behind the lengths, which restore checks.
            let at = run.start + 4 + Int.random(in: 0..<25, using: &random)
            bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            var damaged = RecordBatch()
            try bytes.withBytes { (bytes) throws(DecodeError) in
                try damaged.restore(runs: flows.runs, bytes: bytes)
            }
            #expect(join(damaged, names).count == 2)
            #expect(join(names, damaged).jsonLines().count == 2)
        }
    }
}

extension RecordBatch {
    fileprivate borrowing func times() -> [Timestamp?] {
        var times: [Timestamp?] = []
        forEachRow { times.append($0.eventTime) }
        return times
    }
}
