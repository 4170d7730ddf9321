import Core
import TestKit
import Testing

@Suite struct RecordBatchConstantsTests {
    private func add(_ text: String, to batch: inout RecordBatch, from first: Int) {
        let bytes = Array(text.utf8)
        bytes.withBytes { constants in
            batch.addConstants(constants, toRunsFrom: first) { shape in
                .known(
                    columns: shape.columns + [
                        Column(
                            "file", .text,
                            .constant(offset: shape.constantsLength, length: bytes.count))
                    ], rowLength: shape.rowLength, hasVariablePart: shape.hasVariablePart,
                    constantsLength: shape.constantsLength + bytes.count,
                    timeColumn: shape.timeColumn)
            }
        }
    }

    @Test func addsToTheLastRunsOnly() throws {
        var batch = RecordBatch()
        try batch.append(json: #"{"a":1}"#, #"{"b":2}"#)
        add("one", to: &batch, from: 1)
        let first = batch.runs.count
        try batch.append(json: #"{"b":3}"#, #"{"a":4}"#)
        add("two", to: &batch, from: first)
        add("!", to: &batch, from: first)
        #expect(
            batch.jsonLines() == [
                #"{"a":1}"#, #"{"b":2,"file":"one"}"#,
                #"{"b":3,"file":"two","file":"!"}"#, #"{"a":4,"file":"two","file":"!"}"#,
            ])
    }
}
