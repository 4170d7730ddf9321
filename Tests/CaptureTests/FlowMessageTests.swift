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

    @Test(arguments: [v5, v9, ipfix])
    func splitsMessagesBackToBack(message: [UInt8]) throws {
        let reading = try Reading(message + message + message)
        #expect(reading.payloads == [message, message, message])
        #expect(reading.entries.map(\.datagram.offset) == [0, message.count, 2 * message.count])
        #expect(reading.entries.allSatisfy { !$0.datagram.hasEndpoints })
    }

    @Test func splitsMixedVersions() throws {
        let reading = try Reading(Self.ipfix + Self.v9 + Self.v5 + Self.v9)
        #expect(reading.payloads == [Self.ipfix, Self.v9, Self.v5, Self.v9])
    }

    @Test func keepsTogetherWhatNoMessageFollows() throws {
        for message in [Self.v5, Self.v9, Self.ipfix] {
            let whole = message + [0, 0, 1]
            #expect(try Reading(whole).payloads == [whole])
        }
    }

    @Test func keepsACutMessage() throws {
        for message in [Self.v5, Self.v9, Self.ipfix] {
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
