import TestKit

/// Makes up small messages of every NetFlow version with random templates and fitting data.
enum FlowMaker {
    private struct Field {
        var number: UInt16
        /// 65535 is a variable length.
        var length: UInt16
        var enterprise: UInt32?
    }

    /// A few messages of one exporter: templates, data, options, in an order that is mostly right.
    static func sequence(_ random: inout SeededRandom) -> [[UInt8]] {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return [fixed(5, header: 24, record: 48, &random)]
        case 1:
            return [
                fixed(
                    [1, 7][Int.random(in: 0...1, using: &random)], header: 24, record: 52, &random)
            ]
        case 2: return [fixed(8, header: 28, record: 40, &random)]
        default: break
        }
        let version: UInt16 = Bool.random(using: &random) ? 9 : 10
        var templates: [(UInt16, [UInt8])] = []
        var data: [(UInt16, [UInt8])] = []
        for index in 0..<Int.random(in: 1...2, using: &random) {
            let id = 256 + UInt16(index)
            let fields = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                field(version, &random)
            }
            templates.append(template(id, fields, version, &random))
            let records = (0..<Int.random(in: 1...2, using: &random)).flatMap { _ in
                record(fields, inner: id, &random)
            }
            data.append((id, records))
        }
        if Bool.random(using: &random) {
            return [message(version, templates + data, &random)]
        }
        return [message(version, templates, &random), message(version, data, &random)]
    }

    private static func message(
        _ version: UInt16, _ sets: [(UInt16, [UInt8])], _ random: inout SeededRandom
    ) -> [UInt8] {
        var body = WireWriter()
        for (id, content) in sets { body.append(set: id, content) }
        var bytes = WireWriter()
        bytes.append(version)
        bytes.append(UInt16(version == 9 ? sets.count : body.bytes.count + 16))
        if version == 9 { bytes.append(UInt32(3_600_000)) }
        bytes.append(UInt32(1_700_000_000))
        bytes.append(UInt32.random(in: 0...3, using: &random))
        bytes.append(UInt32.random(in: 0...1, using: &random))
        return bytes.bytes + body.bytes
    }

    private static func fixed(
        _ version: UInt16, header: Int, record: Int, _ random: inout SeededRandom
    ) -> [UInt8] {
        let count = Int.random(in: 1...2, using: &random)
        var bytes = WireWriter()
        bytes.append(version)
        bytes.append(UInt16(count))
        bytes.append(UInt32(3_600_000))
        bytes.append(UInt32(1_700_000_000))
        let head = version == 1 ? 16 : header
        let rest = head - bytes.bytes.count + count * (version == 1 ? 48 : record)
        return bytes.bytes + (0..<rest).map { _ in value(&random) }
    }

    private static func template(
        _ id: UInt16, _ fields: [Field], _ version: UInt16, _ random: inout SeededRandom
    ) -> (UInt16, [UInt8]) {
        let isOptions = Int.random(in: 0..<4, using: &random) == 0
        var bytes = WireWriter()
        bytes.append(id)
        if isOptions, version == 9 {
            bytes.append(UInt16(4))
            bytes.append(UInt16(fields.count * 4 - 4))
        } else {
            bytes.append(UInt16(fields.count))
            if isOptions { bytes.append(UInt16(1)) }
        }
        for field in fields {
            bytes.append(field.enterprise == nil ? field.number : field.number | 0x8000)
            bytes.append(field.length)
            if let enterprise = field.enterprise { bytes.append(enterprise) }
        }
        return (version - (version == 9 ? 9 : 8) + (isOptions ? 1 : 0), bytes.bytes)
    }

    /// Elements that decoders look at, with lengths that they have or should not have.
    private static let elements: [UInt16] = [
        1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 21, 22, 23, 24, 27, 28, 31, 32, 34,
        35, 36, 48, 49, 50, 52, 53, 56, 57, 58, 60, 61, 70, 80, 82, 83, 85, 86, 88, 89, 95, 96, 130,
        136, 139, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 176,
        210, 225, 226, 227, 230, 231, 233, 234, 239, 243, 258, 281, 291, 292, 293, 302, 304, 305,
        309, 313, 322, 323, 324, 351, 361, 371, 459, 33002, 40001, 57590,
    ]

    private static func field(_ version: UInt16, _ random: inout SeededRandom) -> Field {
        var number = elements.randomElement(using: &random) ?? 1
        if version == 10 { number &= 0x7fff }
        let lengths: [UInt16] = [0, 1, 2, 3, 4, 4, 4, 5, 6, 8, 8, 12, 16, 16, 20, 65_535, 65_535]
        let length = lengths.randomElement(using: &random) ?? 4
        let vendors: [UInt32] = [9, 2636, 6871, 14988, 25461, 29305, 35632, 1234]
        let isVendor = version == 10 && Int.random(in: 0..<5, using: &random) == 0
        return Field(
            number: number, length: (291...293).contains(number) ? 65_535 : length,
            enterprise: isVendor ? vendors.randomElement(using: &random) : nil)
    }

    private static func record(
        _ fields: [Field], inner: UInt16, _ random: inout SeededRandom
    ) -> [UInt8] {
        fields.flatMap { field -> [UInt8] in
            guard field.length == 65_535 else {
                return (0..<field.length).map { _ in value(&random) }
            }
            let content = list(field, inner: inner, &random)
            return content.count < 255 && Bool.random(using: &random)
                ? [UInt8(content.count)] + content
                : [255, UInt8(content.count >> 8), UInt8(content.count & 255)] + content
        }
    }

    /// The value of a field of variable length; structured data for the elements that hold it.
    private static func list(
        _ field: Field, inner: UInt16, _ random: inout SeededRandom
    ) -> [UInt8] {
        let rest = (0..<Int.random(in: 0...20, using: &random)).map { _ in value(&random) }
        var bytes = WireWriter()
        switch field.number {
        case 291:
            bytes.append(UInt8(3))
            bytes.append(elements.randomElement(using: &random) ?? 1)
            bytes.append(UInt16(Bool.random(using: &random) ? 4 : 65_535))
        case 292:
            bytes.append(UInt8(4))
            bytes.append(inner)
        case 293:
            bytes.append(UInt8(255))
            bytes.append(set: inner, rest)
        default: break
        }
        return bytes.bytes + rest
    }

    /// Mostly small, as values are.
    private static func value(_ random: inout SeededRandom) -> UInt8 {
        UInt8.random(in: 0...255, using: &random) >> UInt8.random(in: 0...7, using: &random)
    }
}
