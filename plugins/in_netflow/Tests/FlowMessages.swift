import Core

@testable import InNetflow

/// Bytes under construction, in network byte order.
struct WireBytes: ExpressibleByArrayLiteral {
    var bytes: [UInt8]

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    init(arrayLiteral elements: UInt8...) { bytes = elements }

    /// Hexadecimal digits; blanks are skipped.
    init(hex: String) {
        let digits = hex.compactMap(\.hexDigitValue)
        bytes = stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    mutating func append(_ number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append(_ other: [UInt8]) { bytes += other }
}

/// A field of a template in tests: element, length, enterprise.
struct TestField {
    var number: UInt16
    var length: UInt16
    var enterprise: UInt32?

    init(_ number: UInt16, _ length: UInt16, enterprise: UInt32? = nil) {
        self.number = number
        self.length = length
        self.enterprise = enterprise
    }

    var wire: [UInt8] {
        var bytes = WireBytes()
        bytes.append(enterprise == nil ? number : number | 0x8000)
        bytes.append(length)
        if let enterprise { bytes.append(enterprise) }
        return bytes.bytes
    }
}

/// One set: its number and body.
struct TestSet {
    var id: UInt16
    var body: [UInt8]
    /// What the header says, when that is not the truth.
    var claimedLength: UInt16?

    var wire: [UInt8] {
        var bytes = WireBytes()
        bytes.append(id)
        bytes.append(claimedLength ?? UInt16(body.count + 4))
        return bytes.bytes + body
    }

    static func data(_ id: UInt16, _ body: [UInt8], claimedLength: UInt16? = nil) -> TestSet {
        TestSet(id: id, body: body, claimedLength: claimedLength)
    }

    static func v9Template(_ id: UInt16, _ fields: [TestField]) -> TestSet {
        TestSet(id: 0, body: template(id, fields))
    }

    static func ipfixTemplate(_ id: UInt16, _ fields: [TestField]) -> TestSet {
        TestSet(id: 2, body: template(id, fields))
    }

    static func v9Options(_ id: UInt16, scopes: [TestField], _ fields: [TestField]) -> TestSet {
        var bytes = WireBytes()
        bytes.append(id)
        bytes.append(UInt16(scopes.count * 4))
        bytes.append(UInt16(fields.count * 4))
        return TestSet(id: 1, body: bytes.bytes + (scopes + fields).flatMap(\.wire))
    }

    static func ipfixOptions(_ id: UInt16, scopeCount: UInt16, _ fields: [TestField]) -> TestSet {
        var bytes = WireBytes()
        bytes.append(id)
        bytes.append(UInt16(fields.count))
        bytes.append(scopeCount)
        return TestSet(id: 3, body: bytes.bytes + fields.flatMap(\.wire))
    }

    static func template(_ id: UInt16, _ fields: [TestField]) -> [UInt8] {
        var bytes = WireBytes()
        bytes.append(id)
        bytes.append(UInt16(fields.count))
        return bytes.bytes + fields.flatMap(\.wire)
    }
}

enum TestMessage {
    static func v9(
        _ sets: [TestSet], uptime: UInt32 = 1_000_000, seconds: UInt32 = 1_700_000_000,
        sequence: UInt32 = 7, source: UInt32 = 5
    ) -> [UInt8] {
        var bytes = WireBytes()
        bytes.append(UInt16(9))
        bytes.append(UInt16(sets.count))
        bytes.append(uptime)
        bytes.append(seconds)
        bytes.append(sequence)
        bytes.append(source)
        return bytes.bytes + sets.flatMap(\.wire)
    }

    static func ipfix(
        _ sets: [TestSet], seconds: UInt32 = 1_700_000_000, sequence: UInt32 = 7,
        domain: UInt32 = 5, claimedLength: UInt16? = nil
    ) -> [UInt8] {
        let body = sets.flatMap(\.wire)
        var bytes = WireBytes()
        bytes.append(UInt16(10))
        bytes.append(claimedLength ?? UInt16(body.count + 16))
        bytes.append(seconds)
        bytes.append(sequence)
        bytes.append(domain)
        return bytes.bytes + body
    }

    /// - Parameter records: 48 bytes each.
    static func v5(
        _ records: [[UInt8]], count: UInt16? = nil, sampling: UInt16 = 0,
        uptime: UInt32 = 1_000_000, sequence: UInt32 = 42, engine: UInt16 = 0x0102
    ) -> [UInt8] {
        var bytes = WireBytes()
        bytes.append(UInt16(5))
        bytes.append(count ?? UInt16(records.count))
        bytes.append(uptime)
        bytes.append(UInt32(1_700_000_000))
        bytes.append(UInt32(250_000_000))
        bytes.append(sequence)
        bytes.append(engine)
        bytes.append(sampling)
        return bytes.bytes + records.flatMap { $0 }
    }

    static func v5Record(first: UInt32 = 990_000, last: UInt32 = 999_000) -> [UInt8] {
        var bytes = WireBytes([192, 0, 2, 1, 198, 51, 100, 2, 0, 0, 0, 0])
        bytes.append(UInt16(3))
        bytes.append(UInt16(4))
        bytes.append(UInt32(10))
        bytes.append(UInt32(1500))
        bytes.append(first)
        bytes.append(last)
        bytes.append(UInt16(50_000))
        bytes.append(UInt16(443))
        bytes.append([0, 0x1b, 6, 0x20])
        bytes.append(UInt16(64_500))
        bytes.append(UInt16(0))
        bytes.append([24, 16, 0, 0])
        return bytes.bytes
    }
}
