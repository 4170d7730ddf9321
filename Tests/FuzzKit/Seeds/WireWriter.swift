/// Bytes under construction, in network byte order.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append(_ other: [UInt8]) { bytes += other }

    /// `id`, the length of both and the body, and the body.
    mutating func append(set id: UInt16, _ body: [UInt8]) {
        append(id)
        append(UInt16(truncatingIfNeeded: body.count + 4))
        append(body)
    }

    /// Opaque data of XDR: `format`, the length of the body, and the body padded to four bytes.
    mutating func append(xdr format: UInt32, _ body: [UInt8]) {
        append(format)
        append(UInt32(body.count))
        append(body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4))
    }
}
