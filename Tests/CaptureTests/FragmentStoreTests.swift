import Core
import Testing

@testable import Capture

@Suite struct FragmentStoreTests {
    static let payload = (0..<50).map { UInt8($0) }
    static let datagram = PacketBuilder.udp(payload)

    /// The datagram in three parts: offset, bytes, whether more follow.
    static let parts: [(Int, [UInt8], Bool)] = [
        (0, Array(datagram[0..<24]), true), (24, Array(datagram[24..<40]), true),
        (40, Array(datagram[40...]), false),
    ]

    static func v4(_ part: (Int, [UInt8], Bool), identification: UInt16 = 1) -> [UInt8] {
        PacketBuilder.ipv4(
            part.1, identification: identification, fragmentOffset: part.0, hasMore: part.2)
    }

    static func v6(_ part: (Int, [UInt8], Bool)) -> [UInt8] {
        PacketBuilder.ipv6(
            PacketBuilder.fragment6(part.1, offset: part.0, hasMore: part.2), next: 44)
    }

    static func read(_ packets: [[UInt8]], seconds: [UInt32] = []) throws -> Reading {
        let packets = packets.enumerated().map { index, bytes in
            PacketBuilder.Packet(
                bytes: bytes, seconds: seconds.isEmpty ? 1_700_000_000 : seconds[index])
        }
        return try Reading(PacketBuilder.pcap(packets, link: 101))
    }

    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func putsFragmentsTogetherInAnyOrder(order: [Int]) throws {
        for packets in [
            order.map { Self.v4(Self.parts[$0]) }, order.map { Self.v6(Self.parts[$0]) },
        ] {
            let reading = try Self.read(packets)
            #expect(reading.payloads == [Self.payload])
            #expect(reading.summary.fragments == 3 && reading.summary.reassembled == 1)
            #expect(reading.summary.damaged == 0)
        }
    }

    @Test func ignoresFragmentsThatComeTwice() throws {
        let packets = [0, 0, 1, 1, 2].map { Self.v4(Self.parts[$0]) }
        #expect(try Self.read(packets).payloads == [Self.payload])
    }

    @Test func keepsPacketsApart() throws {
        let other = PacketBuilder.udp([1, 2, 3, 4, 5, 6, 7, 8, 9])
        let packets = [
            Self.v4(Self.parts[0]), Self.v4((0, Array(other[0..<8]), true), identification: 2),
            Self.v4(Self.parts[1]), Self.v4((8, Array(other[8...]), false), identification: 2),
            Self.v4(Self.parts[2]),
        ]
        #expect(try Self.read(packets).payloads == [[1, 2, 3, 4, 5, 6, 7, 8, 9], Self.payload])
    }

    @Test func readsExtensionsBehindTheFragmentHeader() throws {
        let options: [UInt8] = [17, 0, 1, 4, 0, 0, 0, 0]
        let whole = options + Self.datagram
        let packets = [
            PacketBuilder.ipv6(
                PacketBuilder.fragment6(Array(whole[0..<32]), offset: 0, hasMore: true, next: 60),
                next: 44),
            PacketBuilder.ipv6(
                PacketBuilder.fragment6(Array(whole[32...]), offset: 32, hasMore: false, next: 60),
                next: 44),
        ]
        #expect(try Self.read(packets).payloads == [Self.payload])
    }

    @Test func rejectsOverlaps() throws {
        let overlap = (16, [UInt8](repeating: 0xff, count: 16), true)
        let reading = try Self.read([Self.v4(Self.parts[0]), Self.v4(overlap)])
        #expect(reading.entries.isEmpty)
        #expect(reading.summary.problems == [.captureFragmentLost: 1])
    }

    @Test func rejectsFragmentsBeyondTheLongestPacket() throws {
        let late = (65_528, [UInt8](repeating: 0, count: 8), false)
        #expect(try Self.read([Self.v4(late)]).summary.problems == [.captureFragmentLost: 1])
    }

    @Test func countsPacketsThatNeverCameWhole() throws {
        let reading = try Self.read([Self.v4(Self.parts[0]), Self.v4(Self.parts[2])])
        #expect(reading.entries.isEmpty)
        #expect(reading.summary.problems == [.captureFragmentLost: 1])
    }

    @Test func givesUpPacketsThatTakeTooLong() throws {
        let packets = [
            Self.v4(Self.parts[0]), Self.v4(Self.parts[1]), Self.v4(Self.parts[2]),
        ]
        let start: UInt32 = 1_700_000_000
        #expect(try Self.read(packets, seconds: [start, start, start + 60]).entries.count == 1)
        #expect(try Self.read(packets, seconds: [start, start, start + 61]).entries.isEmpty)
    }

    @Test func staysBoundedInAFlood() {
        var store = FragmentStore(limits: .init(packets: 100, bytes: 20_000, age: .max))
        let data = [UInt8](repeating: 0, count: 256)
        for number in 0..<5000 {
            let key = FragmentStore.Key(
                source: IPAddress(v4: UInt32(number)), destination: .loopback, identification: 1,
                transport: 17)
            data.withBytes { bytes in
                _ = store.add(
                    bytes, IPPacket.Fragment(identification: 1, offset: 8, hasMore: true),
                    of: key, transport: 17, at: Timestamp(nanoseconds: 0))
            }
            #expect(store.count <= 100 && store.byteCount <= 20_000)
        }
        #expect(store.takeLost() == 5000 - store.count)
        store.giveUpAll()
        #expect(store.byteCount == 0)
    }

    @Test func boundsTheQueueOfPacketsThatCameWhole() {
        var store = FragmentStore(limits: .init(packets: 100, bytes: 20_000, age: .max))
        let data = [UInt8](repeating: 0, count: 8)
        func add(_ offset: Int, _ hasMore: Bool, _ number: UInt32) -> FragmentStore.Outcome {
            let key = FragmentStore.Key(
                source: IPAddress(v4: number), destination: .loopback, identification: number,
                transport: 17)
            return data.withBytes { bytes in
                store.add(
                    bytes,
                    IPPacket.Fragment(identification: number, offset: offset, hasMore: hasMore),
                    of: key, transport: 17, at: Timestamp(nanoseconds: 0))
            }
        }
        _ = add(0, true, 0)
        for number in 1...2000 as ClosedRange<UInt32> {
            _ = add(0, true, number)
            guard case .complete = add(8, false, number) else {
                Issue.record("packet \(number) is not complete")
                return
            }
            #expect(store.count == 1 && store.queueLength <= 70)
        }
    }
}
