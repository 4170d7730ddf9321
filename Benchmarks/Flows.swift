import Codec
import Core
import InNetflow

/// IPFIX messages of a MikroTik-like template: 18 fields, 55 bytes a record, 23 records a message.
struct Flows {
    static let recordsPerMessage = 23
    static let fields: [(element: UInt16, length: UInt16)] = [
        (8, 4), (12, 4), (15, 4), (10, 4), (14, 4), (2, 4), (1, 4), (21, 4), (22, 4), (7, 2),
        (11, 2), (4, 1), (6, 1), (5, 1), (225, 4), (226, 4), (227, 2), (228, 2),
    ]

    let template: [UInt8]
    private(set) var data: [UInt8]
    /// Data records sent so far.
    private var sequence: UInt32 = 0

    init() {
        var records = ByteBuffer()
        var state: UInt32 = 1
        for _ in 0..<Self.recordsPerMessage {
            for field in Self.fields {
                for _ in 0..<field.length {
                    state = state &* 1_664_525 &+ 1_013_904_223
                    records.append(UInt8(state >> 24))
                }
            }
        }
        var definition = ByteBuffer()
        definition.append(bigEndian: UInt16(256))
        definition.append(bigEndian: UInt16(Self.fields.count))
        for field in Self.fields {
            definition.append(bigEndian: field.element)
            definition.append(bigEndian: field.length)
        }
        template = Self.message(set: 2, body: definition)
        data = Self.message(set: 256, body: records)
    }

    /// Gives the data message its number, as an exporter does: a message that came before takes
    /// another way through the decoder.
    mutating func number() {
        for index in 0..<4 {
            data[8 + index] = UInt8(truncatingIfNeeded: sequence >> UInt32(24 - index * 8))
        }
        sequence &+= UInt32(Self.recordsPerMessage)
    }

    private static func message(set: UInt16, body: borrowing ByteBuffer) -> [UInt8] {
        var message = ByteBuffer()
        message.append(bigEndian: UInt16(10))
        message.append(bigEndian: UInt16(20 + body.count))
        message.append(bigEndian: UInt32(1_790_000_000))
        message.append(bigEndian: UInt64(1))
        message.append(bigEndian: set)
        message.append(bigEndian: UInt16(4 + body.count))
        message.append(contentsOf: body)
        return (0..<message.count).map { message.bytes.byte(at: $0) }
    }
}
