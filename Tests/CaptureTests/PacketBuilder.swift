import Core

@testable import Capture

/// Bytes put together by hand, for captures that no tool would write.
struct PacketBuilder {
    var bytes: [UInt8] = []

    static func + (left: PacketBuilder, right: PacketBuilder) -> PacketBuilder {
        PacketBuilder(bytes: left.bytes + right.bytes)
    }

    mutating func add(_ more: [UInt8]) { bytes += more }

    mutating func add<Number: FixedWidthInteger>(
        _ number: Number, _ order: ByteOrder = .big
    ) {
        let size = MemoryLayout<Number>.size
        let big = (0..<size).map { index in
            UInt8(truncatingIfNeeded: number >> Number((size - 1 - index) * 8))
        }
        bytes += order == .big ? big : big.reversed()
    }

    // MARK: Transport and network layer

    static let v4Source: [UInt8] = [192, 0, 2, 1]
    static let v4Destination: [UInt8] = [198, 51, 100, 2]
    static let v6Source: [UInt8] =
        [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]
    static let v6Destination: [UInt8] =
        [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [2]

    static func udp(
        _ payload: [UInt8], from source: UInt16 = 40_000, to destination: UInt16 = 2055,
        length: Int? = nil
    ) -> [UInt8] {
        var packet = PacketBuilder()
        packet.add(source)
        packet.add(destination)
        packet.add(UInt16(length ?? payload.count + 8))
        packet.add(UInt16(0))
        packet.add(payload)
        return packet.bytes
    }

    static func ipv4(
        _ payload: [UInt8], transport: UInt8 = 17, identification: UInt16 = 1,
        fragmentOffset: Int = 0, hasMore: Bool = false, options: [UInt8] = [],
        totalLength: Int? = nil
    ) -> [UInt8] {
        var packet = PacketBuilder()
        packet.add(UInt8(0x45 + options.count / 4))
        packet.add(UInt8(0))
        packet.add(UInt16(totalLength ?? 20 + options.count + payload.count))
        packet.add(identification)
        packet.add(UInt16(fragmentOffset / 8) | (hasMore ? 0x2000 : 0))
        packet.add([64, transport, 0, 0])
        packet.add(v4Source + v4Destination + options + payload)
        return packet.bytes
    }

    static func ipv6(
        _ payload: [UInt8], next: UInt8 = 17, payloadLength: Int? = nil
    ) -> [UInt8] {
        var packet = PacketBuilder()
        packet.add([0x60, 0, 0, 0])
        packet.add(UInt16(payloadLength ?? payload.count))
        packet.add([next, 64])
        packet.add(v6Source + v6Destination + payload)
        return packet.bytes
    }

    /// An IPv6 fragment header (RFC 8200 §4.5) and the fragment's data.
    static func fragment6(
        _ data: [UInt8], offset: Int, hasMore: Bool, identification: UInt32 = 7, next: UInt8 = 17
    ) -> [UInt8] {
        var packet = PacketBuilder()
        packet.add([next, 0])
        packet.add(UInt16(offset) | (hasMore ? 1 : 0))
        packet.add(identification)
        packet.add(data)
        return packet.bytes
    }

    // MARK: Link layer

    static func ethernet(_ payload: [UInt8], type: UInt16 = 0x0800, tags: [UInt16] = []) -> [UInt8]
    {
        var frame = PacketBuilder(bytes: [UInt8](repeating: 2, count: 12))
        for tag in tags {
            frame.add(tag)
            frame.add(UInt16(100))
        }
        frame.add(type)
        frame.add(payload)
        return frame.bytes
    }

    // MARK: Containers

    struct Packet {
        var bytes: [UInt8]
        var originalLength: Int?
        var seconds: UInt32 = 1_700_000_000
        /// In the file's unit.
        var fraction: UInt32 = 123_456
        var interface = 0
    }

    static func pcap(
        _ packets: [Packet], link: UInt32 = 1, order: ByteOrder = .little,
        isNanosecond: Bool = false
    ) -> [UInt8] {
        var file = PacketBuilder()
        file.add(UInt32(isNanosecond ? 0xa1b2_3c4d : 0xa1b2_c3d4), order)
        file.add(UInt16(2), order)
        file.add(UInt16(4), order)
        file.add(UInt32(0), order)
        file.add(UInt32(0), order)
        file.add(UInt32(65_535), order)
        file.add(link, order)
        for packet in packets {
            file.add(packet.seconds, order)
            file.add(packet.fraction, order)
            file.add(UInt32(packet.bytes.count), order)
            file.add(UInt32(packet.originalLength ?? packet.bytes.count), order)
            file.add(packet.bytes)
        }
        return file.bytes
    }

    static func block(_ type: UInt32, _ body: [UInt8], _ order: ByteOrder) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        var block = PacketBuilder()
        block.add(type, order)
        block.add(UInt32(padded.count + 12), order)
        block.add(padded)
        block.add(UInt32(padded.count + 12), order)
        return block.bytes
    }

    static func section(_ order: ByteOrder) -> [UInt8] {
        var body = PacketBuilder()
        body.add(UInt32(0x1a2b_3c4d), order)
        body.add(UInt16(1), order)
        body.add(UInt16(0), order)
        body.add(UInt64.max, order)
        return block(0x0a0d_0d0a, body.bytes, order)
    }

    static func interface(
        link: UInt16, _ order: ByteOrder, snapLength: UInt32 = 0, resolution: UInt8? = nil,
        offset: Int64? = nil
    ) -> [UInt8] {
        var body = PacketBuilder()
        body.add(link, order)
        body.add(UInt16(0), order)
        body.add(snapLength, order)
        // if_name, to be skipped.
        body.add(UInt16(2), order)
        body.add(UInt16(5), order)
        body.add([0x65, 0x74, 0x68, 0x65, 0x72, 0, 0, 0])
        if let resolution {
            body.add(UInt16(9), order)
            body.add(UInt16(1), order)
            body.add([resolution, 0, 0, 0])
        }
        if let offset {
            body.add(UInt16(14), order)
            body.add(UInt16(8), order)
            body.add(offset, order)
        }
        body.add(UInt32(0), order)
        return block(1, body.bytes, order)
    }

    static func enhancedPacket(
        _ packet: [UInt8], interface: UInt32 = 0, time: UInt64, _ order: ByteOrder,
        originalLength: Int? = nil
    ) -> [UInt8] {
        var body = PacketBuilder()
        body.add(interface, order)
        body.add(UInt32(truncatingIfNeeded: time >> 32), order)
        body.add(UInt32(truncatingIfNeeded: time), order)
        body.add(UInt32(packet.count), order)
        body.add(UInt32(originalLength ?? packet.count), order)
        body.add(packet + [UInt8](repeating: 0, count: (4 - packet.count % 4) % 4))
        // opt_comment, to be skipped.
        body.add(UInt16(1), order)
        body.add(UInt16(2), order)
        body.add([0x68, 0x69, 0, 0, 0, 0, 0, 0])
        return block(6, body.bytes, order)
    }

    static func obsoletePacket(
        _ packet: [UInt8], interface: UInt16 = 0, time: UInt64, _ order: ByteOrder
    ) -> [UInt8] {
        var body = PacketBuilder()
        body.add(interface, order)
        body.add(UInt16(0), order)
        body.add(UInt32(truncatingIfNeeded: time >> 32), order)
        body.add(UInt32(truncatingIfNeeded: time), order)
        body.add(UInt32(packet.count), order)
        body.add(UInt32(packet.count), order)
        body.add(packet)
        return block(2, body.bytes, order)
    }

    static func simplePacket(_ packet: [UInt8], _ order: ByteOrder) -> [UInt8] {
        var body = PacketBuilder()
        body.add(UInt32(packet.count), order)
        body.add(packet)
        return block(3, body.bytes, order)
    }
}

/// What a capture gave.
struct Reading {
    struct Entry {
        var datagram: Datagram
        var payload: [UInt8]
    }

    var entries: [Entry] = []
    var lines: [String] = []
    var summary = CaptureSummary()

    var payloads: [[UInt8]] { entries.map(\.payload) }

    init(_ bytes: [UInt8]) throws(OperationError) {
        try self.init(MemorySource(bytes))
    }

    init(_ source: any ByteStream) throws(OperationError) {
        let file = try CaptureFile(source, path: "memory")
        var entries: [Entry] = []
        var lines: [String] = []
        try file.forEachDatagram { datagram, payload in
            entries.append(
                Entry(
                    datagram: datagram,
                    payload: (0..<payload.byteCount).map { payload.byte(at: $0) }))
        }
        try file.forEachLine { line, _ in lines.append(line.makeString()) }
        self.entries = entries
        self.lines = lines
        summary = file.summary
    }
}
