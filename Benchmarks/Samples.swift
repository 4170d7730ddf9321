import Core

/// sFlow datagrams of a switch: seven flow samples, each 128 bytes of a TCP packet and the VLANs.
struct Samples {
    static let samplesPerDatagram = 7
    private static let headerLength = 28
    private static let sampleLength = 8 + 32 + 8 + 16 + 128 + 8 + 16

    private(set) var data: [UInt8]
    private var sequence: UInt32 = 0

    init() {
        var datagram = ByteBuffer()
        for word in [5, 1, 0xc000_0201, 0, 0, 60_000, UInt32(Self.samplesPerDatagram)] {
            datagram.append(bigEndian: word)
        }
        for _ in 0..<Self.samplesPerDatagram {
            // Format, length; sequence, source, rate, pool, drops, input, output, records.
            for word in [1, UInt32(Self.sampleLength - 8), 0, 5, 1000, 50_000, 0, 5, 6, 2]
                as [UInt32]
            {
                datagram.append(bigEndian: word)
            }
            for word in [1, 144, 1, 1518, 4, 128] as [UInt32] { datagram.append(bigEndian: word) }
            Self.appendPacket(to: &datagram)
            for word in [1001, 16, 100, 0, 200, 0] as [UInt32] { datagram.append(bigEndian: word) }
        }
        data = (0..<datagram.count).map { datagram.bytes.byte(at: $0) }
    }

    /// Ethernet with a tag, IPv4, TCP, and as much of the payload as makes 128 bytes.
    private static func appendPacket(to datagram: inout ByteBuffer) {
        let start = datagram.count
        datagram.append(bigEndian: 0x0000_5e00_5302_0000 as UInt64)
        datagram.append(bigEndian: 0x5e00_5301 as UInt32)
        datagram.append(bigEndian: 0x8100_0064_0800_4500 as UInt64)
        datagram.append(bigEndian: 0x05d8_1234_4000_4006 as UInt64)
        datagram.append(bigEndian: 0x0000_c000_020a_c633 as UInt64)
        datagram.append(bigEndian: 0x6414_01bb_c3cb_0000 as UInt64)
        datagram.append(bigEndian: 0x0007_0000_0009_5018 as UInt64)
        datagram.append(repeating: 0x55, count: 128 - (datagram.count - start))
    }

    /// Gives the datagram and its samples their numbers, as an agent does.
    mutating func number() {
        store(sequence, at: 16)
        for index in 0..<Self.samplesPerDatagram {
            store(
                sequence &* UInt32(Self.samplesPerDatagram) &+ UInt32(index),
                at: Self.headerLength + index * Self.sampleLength + 8)
        }
        sequence &+= 1
    }

    private mutating func store(_ number: UInt32, at offset: Int) {
        for index in 0..<4 {
            data[offset + index] = UInt8(truncatingIfNeeded: number >> UInt32(24 - index * 8))
        }
    }
}
