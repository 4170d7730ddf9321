import Core
import Testing

@testable import Capture

@Suite struct FlowMessageTests {
    static let v5: [UInt8] = [0, 5, 0, 2] + [UInt8](repeating: 1, count: 20 + 96)
    static let v9: [UInt8] =
        [0, 9, 0, 1] + [UInt8](repeating: 0x60, count: 16) + [0, 0, 0, 12, 1, 0, 0, 1, 0, 1, 0, 4]
        + [1, 0, 0, 8, 1, 2, 3, 4]
    static let ipfix: [UInt8] =
        [0, 10, 0, 28] + [UInt8](repeating: 0x60, count: 12) + [
            0, 2, 0, 12, 1, 0, 0, 1, 0, 1, 0, 4,
        ]

    /// Version, count, uptime, seconds and nanoseconds of the versions without templates.
    private static func head(_ version: UInt8, _ count: UInt8) -> [UInt8] {
        [0, version, 0, count, 0, 0, 1, 1, 0x60, 0, 0, 1, 0, 0, 1, 1]
    }
    static let v1 = head(1, 2) + [UInt8](repeating: 1, count: 96)
    static let v1Padded = head(1, 2) + [UInt8](repeating: 1, count: 104)
    static let v7 = head(7, 2) + [UInt8](repeating: 1, count: 8 + 104)
    /// Aggregation 5, of 40 bytes.
    static let v8 =
        head(8, 2) + [0, 0, 0, 7, 1, 2, 5, 2, 0, 0, 0, 0] + [UInt8](repeating: 1, count: 80)
    /// Two samples of 8 and 12 bytes.
    static let sflow: [UInt8] =
        [0, 0, 0, 5, 0, 0, 0, 1, 192, 0, 2, 1] + [UInt8](repeating: 2, count: 12)
        + [0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 8] + [UInt8](repeating: 3, count: 8)
        + [0, 0, 0, 2, 0, 0, 0, 12] + [UInt8](repeating: 4, count: 12)
    static let sflow6: [UInt8] =
        [0, 0, 0, 5, 0, 0, 0, 2] + [UInt8](repeating: 0x20, count: 16 + 12) + [0, 0, 0, 0]

    @Test(arguments: [v5, v9, ipfix, v1, v1Padded, v7, v8, sflow, sflow6])
    func splitsMessagesBackToBack(message: [UInt8]) throws {
        let reading = try Reading(message + message + message)
        #expect(reading.payloads == [message, message, message])
        #expect(reading.entries.map(\.datagram.offset) == [0, message.count, 2 * message.count])
        #expect(reading.entries.allSatisfy { !$0.datagram.hasEndpoints })
    }

    @Test func splitsMixedVersions() throws {
        let messages = [
            Self.ipfix, Self.v9, Self.v5, Self.v9, Self.sflow, Self.v1, Self.v8, Self.v9,
            Self.sflow,
            Self.v7,
        ]
        #expect(try Reading(Array(messages.joined())).payloads == messages)
    }

    @Test func keepsTogetherWhatNoMessageFollows() throws {
        for message in [Self.v5, Self.v9, Self.ipfix, Self.v1, Self.v7, Self.v8, Self.sflow] {
            let whole = message + [0, 0, 1]
            #expect(try Reading(whole).payloads == [whole])
        }
    }

    @Test func keepsACutMessage() throws {
        for message in [Self.v5, Self.v9, Self.ipfix, Self.v7, Self.v8, Self.sflow] {
            let cut = Array(message.dropLast(3))
            #expect(try Reading(message + cut).payloads == [message, cut])
        }
    }

    @Test func splitsFilesLongerThanADatagram() throws {
        let file = Array(repeatElement(Self.ipfix, count: 30_000).joined())
        let reading = try Reading(file)
        #expect(reading.summary.datagrams == 30_000 && reading.summary.bytes == file.count)
    }

    @Test func neverHandsOutMoreThanADatagram() throws {
        let reading = try Reading(Self.v9 + [UInt8](repeating: 0x40, count: 200_000))
        #expect(reading.payloads.allSatisfy { (1...FlowMessage.longest).contains($0.count) })
        #expect(reading.payloads.joined().count == Self.v9.count + 200_000)
    }
}
