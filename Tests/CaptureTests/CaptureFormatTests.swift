import Core
import Testing

@testable import Capture

@Suite struct CaptureFormatTests {
    @Test(arguments: [
        (PacketBuilder.pcap([]), CaptureFormat.pcap),
        (PacketBuilder.pcap([], order: .big, isNanosecond: true), .pcap),
        (PacketBuilder.section(.big), .pcapng),
        (FlowMessageTests.v5, .datagrams),
        (FlowMessageTests.v9, .datagrams),
        (FlowMessageTests.ipfix, .datagrams),
        (FlowMessageTests.v1, .datagrams),
        (FlowMessageTests.v7, .datagrams),
        (FlowMessageTests.v8, .datagrams),
        (FlowMessageTests.sflow, .datagrams),
        (Array("<34>Oct 11 22:14:15 host app: text\n".utf8), .text),
        (Array("Gr\u{fc}\u{df}e \u{1b}[1m with a bell\u{7}".utf8), .text),
        ([], .text),
    ])
    func recognises(bytes: [UInt8], format: CaptureFormat) {
        #expect(bytes.withBytes { CaptureFormat.detect($0) } == format)
    }

    @Test(
        arguments: [
            [0, 0, 0, 0], [0, 5, 0, 0] + [UInt8](repeating: 0, count: 40), [0, 5, 0, 1],
            [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], [1, 2, 3, 4, 5, 6, 7, 8],
            [0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 1, 2, 3, 4],
            [0, 10, 0, 40] + [UInt8](repeating: 0, count: 36),
        ] as [[UInt8]])
    func refusesOtherBytes(bytes: [UInt8]) {
        #expect(bytes.withBytes { CaptureFormat.detect($0) } == nil)
        let error = #expect(throws: OperationError.self) {
            try CaptureFile(MemorySource(bytes), path: "x.bin")
        }
        #expect(error?.code == .captureUnknownFormat && error?.target == "x.bin")
    }

    @Test func recognisesNetflowWithAWrongCount() {
        let header: [UInt8] = [0, 5, 0xd9, 0x1e, 0, 3, 0x41, 0x0f, 0x55, 0x30, 0xa9, 0x19]
        let bytes = header + [UInt8](repeating: 0, count: 60)
        #expect(bytes.withBytes { CaptureFormat.detect($0) } == .datagrams)
    }

    @Test func recognisesGzip() {
        #expect([0x1f, 0x8b, 8, 0].withBytes { CaptureFormat.isGzip($0) })
        #expect(!Array("text".utf8).withBytes { CaptureFormat.isGzip($0) })
    }
}
