import Core
import Testing

@Suite struct RecordBatchTests {
    @Test func retainDropsRowsAndKeepsTheOthersAsTheyWere() {
        for kept in [[], [0], [1], [0, 1]] {
            var batch = SampleShapes.batch()
            let all = SampleShapes.text(batch)
            var index = -1
            let dropped = batch.retain { _ in
                index += 1
                return kept.contains(index)
            }
            let count = batch.count
            #expect(dropped == 2 - kept.count && count == kept.count)
            #expect(SampleShapes.text(batch) == kept.map { all[$0] })
        }
    }

    @Test func reshapeRenamesWithoutTouchingRows() {
        var batch = SampleShapes.batch()
        let before = batch.bytes.byteCount
        batch.reshape { shape in
            var columns = shape.columns
            columns[8].name = "source"
            columns.append(.literal("site", text: "core1"))
            return shape.replacingColumns(columns, timeColumn: shape.timeColumn)
        }
        let text = SampleShapes.text(batch)
        #expect(text.allSatisfy { $0.contains("source=192.0.2.1") && $0.contains("site=core1") })
        let after = batch.bytes.byteCount
        #expect(after == before)
    }

    @Test func reshapeOfSomeRowsSplitsTheRun() {
        var batch = SampleShapes.batch()
        batch.reshape(
            where: { row in row.unsigned(at: 9) == 255 },
            { $0.replacingColumns([.literal("odd", text: "yes")], timeColumn: nil) })
        let counts = batch.runs.map(\.count)
        #expect(counts == [1, 1])
        #expect(SampleShapes.text(batch)[1] == ["odd=yes"])
        #expect(SampleShapes.text(batch)[0].contains("proto=6"))
    }

    @Test func widenGivesEveryRowItsOwnValue() {
        var batch = SampleShapes.batch()
        let before = SampleShapes.text(batch)
        var next: UInt16 = 7
        batch.widen(
            by: 2, column: { Column("serial", .unsigned, .row(offset: $0, length: 2)) },
            fill: { _, buffer in
                buffer.append(bigEndian: next)
                next += 1
            })
        let expected = zip(before, ["serial=7", "serial=8"]).map { $0 + [$1] }
        #expect(SampleShapes.text(batch) == expected)
    }

    @Test func rowBegunWithItsFixedPartIsTheSameRow() {
        let source = SampleShapes.batch()
        let run = source.runs[0]
        var copy = RecordBatch(tag: "flows")
        copy.beginRun(run.shape, constants: source.bytes.extracting(run.constants..<run.start))
        source.forEachRow { row in
            copy.beginRow(row.bytes.extracting(0..<25), isVariable: true)
            _ = copy.appendVariable(
                row.bytes.extracting(25..<row.bytes.byteCount), rowLength: 25)
            copy.endRow(isVariable: true)
        }
        let isSame = copy.bytes.hasSameBytes(as: source.bytes)
        #expect(isSame && SampleShapes.text(copy) == SampleShapes.text(source))
    }

    @Test func restoreRefusesRunsThatDoNotAddUp() throws {
        let batch = SampleShapes.batch()
        let run = batch.runs[0]
        let bad: [(inout RecordBatch.Run) -> Void] = [
            { $0.count += 1 }, { $0.byteCount -= 1 }, { $0.start += 1 }, { $0.start = -4 },
            { $0.constants = 1 << 40 }, { $0.byteCount = .max },
        ]
        for change in bad {
            var damaged = run
            change(&damaged)
            let refused = isRefused(damaged, from: batch)
            #expect(refused)
        }
        var target = RecordBatch()
        try target.restore(runs: batch.runs, bytes: batch.bytes)
        #expect(SampleShapes.text(target) == SampleShapes.text(batch))
    }
}

extension RecordBatchTests {
    private func isRefused(_ run: RecordBatch.Run, from batch: borrowing RecordBatch) -> Bool {
        var target = RecordBatch()
        do {
            try target.restore(runs: [run], bytes: batch.bytes)
            return false
        } catch {
            return error.code == .frameCorrupt
        }
    }
}

@Suite struct RecordBuilderTests {
    @Test func sharesTheShapeOfRecordsWithTheSameFields() {
        var batch = RecordBatch()
        var builder = RecordBuilder()
        for number in 0..<3 {
            builder.begin()
            builder.add("n", integer: Int64(-number))
            builder.add("t", text: "x\(number)")
            if number == 1 { builder.addNull("extra") }
            builder.finish(into: &batch)
        }
        let shapes = batch.runs.map(\.shape)
        #expect(shapes.count == 3 && shapes[0] === shapes[2])
        #expect(
            SampleShapes.text(batch) == [["n=0", "t=x0"], ["n=-1", "t=x1"], ["n=-2", "t=x2"]])
    }

    @Test func marksTheEventTime() {
        var batch = RecordBatch()
        var builder = RecordBuilder()
        builder.begin()
        builder.add("message", text: "m")
        builder.add("time", eventTime: Timestamp(seconds: 5))
        builder.finish(into: &batch)
        var times: [Timestamp?] = []
        batch.forEachRow { times.append($0.eventTime) }
        #expect(times == [Timestamp(seconds: 5)])
    }
}
