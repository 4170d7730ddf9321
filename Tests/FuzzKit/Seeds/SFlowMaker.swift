import TestKit

/// Makes up small sFlow datagrams: one or two samples with a few records of random formats.
enum SFlowMaker {
    static func sequence(_ random: inout SeededRandom) -> [[UInt8]] {
        var bytes = WireWriter()
        for number: UInt32 in [5, 1, 0xc000_0201, 0, 7, 1_000_000] { bytes.append(number) }
        let count = Int.random(in: 1...2, using: &random)
        bytes.append(UInt32(count))
        for _ in 0..<count {
            let format = UInt32.random(in: 1...5, using: &random)
            bytes.append(xdr: format, sample(format, &random))
        }
        return [bytes.bytes]
    }

    /// Words before the number of records: flow, counters, expanded flow, expanded counters, discard.
    private static let headWords = [7, 2, 10, 3, 7]

    private static func sample(_ format: UInt32, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = WireWriter()
        for _ in 0..<headWords[Int(format) - 1] { bytes.append(word(&random)) }
        let count = Int.random(in: 0...3, using: &random)
        bytes.append(UInt32(count))
        for _ in 0..<count {
            let (number, body) = format == 2 || format == 4 ? counters(&random) : record(&random)
            bytes.append(xdr: number, body)
        }
        return bytes.bytes
    }

    private static func counters(_ random: inout SeededRandom) -> (UInt32, [UInt8]) {
        let formats: [(UInt32, Int)] = [
            (1, 22), (2, 13), (3, 18), (4, 20), (5, 7), (6, 20), (7, 14), (10, 12), (1001, 7),
            (2000, 10), (2003, 17), (9, 3),
        ]
        let (format, words) = formats.randomElement(using: &random) ?? (1, 22)
        return (format, body(words: words, &random))
    }

    private static func record(_ random: inout SeededRandom) -> (UInt32, [UInt8]) {
        let formats: [(UInt32, Int)] = [
            (1, 0), (1, 0), (1, 0), (2, 6), (3, 8), (4, 14), (1001, 4), (1002, 4), (1003, 12),
            (1004, 6), (1005, 6), (1006, 5), (1007, 4), (1020, 2), (1029, 1), (1030, 1), (1036, 1),
        ]
        let (format, words) = formats.randomElement(using: &random) ?? (1, 0)
        return (format, format == 1 ? rawHeader(&random) : body(words: words, &random))
    }

    private static func rawHeader(_ random: inout SeededRandom) -> [UInt8] {
        let packet = ethernet(&random)
        var bytes = WireWriter()
        bytes.append([1, 1, 1, 7, 11, 12, 13, 15].randomElement(using: &random) ?? UInt32(1))
        bytes.append(UInt32(packet.count + 4))
        bytes.append(UInt32(4))
        bytes.append(UInt32(packet.count))
        return bytes.bytes + packet
    }

    /// Layers on each other as long as they like.
    private static func ethernet(_ random: inout SeededRandom) -> [UInt8] {
        let layers: [[UInt8]] = [
            [0x81, 0, 0, 5], [0x88, 0xa8, 0, 6], [0x88, 0x47, 0, 1, 0x01, 0xff],
            [0x08, 0, 0x45, 0, 0, 60, 0, 1, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2],
            [0x08, 0, 0x45, 0, 0, 60, 0, 1, 0, 0, 64, 47, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0, 0],
            [0x86, 0xdd, 0x60, 0, 0, 0, 0, 20, 6, 64] + [UInt8](repeating: 0x20, count: 32),
            [0x86, 0xdd, 0x60, 0, 0, 0, 0, 20, 0, 64] + [UInt8](repeating: 0x20, count: 32)
                + [44, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 9, 0, 0, 0, 1],
            [0x10, 0x20, 0x12, 0xb5, 0, 30, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0], [0, 0, 0x65, 0x58],
        ]
        var bytes = [UInt8](repeating: 2, count: 12)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            bytes += layers.randomElement(using: &random) ?? []
        }
        return bytes + body(words: Int.random(in: 0...6, using: &random), &random)
    }

    private static func body(words: Int, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = WireWriter()
        for _ in 0..<words { bytes.append(word(&random)) }
        return bytes.bytes
    }

    private static func word(_ random: inout SeededRandom) -> UInt32 {
        UInt32.random(in: 0...UInt32.max, using: &random)
            >> UInt32.random(in: 0...31, using: &random)
    }
}
