import Core
import TestKit
import Testing

@Suite struct RowTests {
    @Test func readsEveryPlaceAndDerivation() {
        let batch = SampleShapes.batch()
        #expect(
            SampleShapes.text(batch) == [
                [
                    "flow_type=test", "time_exported=1700000000000000000",
                    "time_flow_start=1699999997500000000", "time_flow_end=1699999999000000000",
                    "duration_ms=1500", "src_addr=192.0.2.1", "proto=6", "transport=tcp",
                    "message=hello", "low=3", "either=6", "all=[6]", "moved=1699999998999999995",
                    "duration_ns=1500000000", "ticks=1500", "end_ns=1699999999000000000",
                    "ie.raw=0x0",
                ],
                [
                    "flow_type=test", "time_exported=1700000000000000000",
                    "time_flow_start=1699999999999000000", "time_flow_end=1699999999999000000",
                    "duration_ms=0", "src_addr=192.0.2.1", "proto=255", "src_as=64500", "low=3",
                    "either=64500", "all=[64500,255]", "product=16447500",
                    "moved=1699999999998999995",
                    "duration_ns=0", "ticks=0", "end_ns=1699999999999000000",
                    "ie.raw=0x0",
                ],
            ])
    }

    @Test(arguments: [
        // Uptime wrapped between the flow and the export.
        (UInt64(0xffff_ff00), UInt64(0x100), Int64(0), Int64(-512_000_000)),
        // A clock race of half a second.
        (UInt64(1_500), UInt64(1_000), Int64(0), Int64(500_000_000)),
        // The old bug: a flow that ends minutes after the export.
        (UInt64(500_000), UInt64(1_000), Int64(0), Int64(0)),
    ])
    func uptimeSurvivesWrapsAndRaces(
        _ ticks: UInt64, _ uptime: UInt64, _ exported: Int64, _ expected: Int64
    ) {
        let shape = Shape.known(
            columns: [
                Column("t", .unsigned, .row(offset: 0, length: 4)),
                Column("u", .unsigned, .row(offset: 4, length: 4)),
                Column("e", .nanoseconds, .row(offset: 8, length: 8)),
                Column(
                    "time", .nanoseconds, .derived(.uptime(ticks: 0, uptime: 1, exported: 2))),
            ], rowLength: 16, hasVariablePart: false, constantsLength: 0)
        var row = ByteBuffer()
        row.append(bigEndian: UInt32(ticks))
        row.append(bigEndian: UInt32(uptime))
        row.append(bigEndian: exported)
        let value = Row(shape: shape, bytes: row.bytes, constants: RawSpan()).timestamp(at: 3)
        #expect(value?.nanoseconds == expected)
    }

    @Test func aShortRowReadsAsNulls() {
        let shape = SampleShapes.everything
        for length in 0..<shape.rowLength {
            let bytes = [UInt8](repeating: 0xff, count: length)
            bytes.withBytes { bytes in
                let row = Row(shape: shape, bytes: bytes, constants: RawSpan())
                for index in shape.columns.indices { _ = row.isNull(at: index) }
                let isNull = row.isNull(at: 12)
                #expect(isNull)
            }
        }
    }

    @Test func refusesColumnsOutsideTheRow() {
        #expect(throws: DecodeError(.shapeCorrupt, at: 0)) {
            try Shape(
                columns: [Column("x", .unsigned, .row(offset: 1, length: 4))], rowLength: 4,
                hasVariablePart: false, constantsLength: 0)
        }
        #expect(throws: DecodeError(.shapeCorrupt, at: 0)) {
            try Shape(
                columns: [
                    Column("x", .unsigned, .derived(.first([1]))),
                    Column("y", .unsigned, .derived(.first([0]))),
                ], rowLength: 4, hasVariablePart: false, constantsLength: 0)
        }
    }
}
