import Testing

@testable import Net

@Suite struct CoalescingPauseTests {
    /// The pause reached at a steady rate of datagrams of 200 bytes.
    private func pause(perMillisecond rate: Int, receiveBuffer: Int) -> Int32 {
        var pause = CoalescingPause(longest: 3, receiveBuffer: receiveBuffer)
        var length: Int32 = 1
        for _ in 0..<20 {
            pause.count(datagrams: rate * Int(length), bytes: rate * Int(length) * 200)
            length = pause.next()
        }
        return length
    }

    private static let cases: [(rate: Int, buffer: Int, wanted: Int32)] = [
        (0, 212_992, 3), (1, 212_992, 3), (30, 212_992, 3), (50, 212_992, 2), (120, 212_992, 1),
        (5_000, 212_992, 1), (120, 16 << 20, 3), (2_000, 16 << 20, 3), (4_000, 16 << 20, 2),
    ]

    @Test(arguments: cases)
    func staysWithinAQuarterOfTheBuffer(rate: Int, buffer: Int, wanted: Int32) {
        #expect(pause(perMillisecond: rate, receiveBuffer: buffer) == wanted)
    }

    @Test func growsAgainWhenTheRateFalls() {
        var pause = CoalescingPause(longest: 3, receiveBuffer: 212_992)
        pause.count(datagrams: 1_000, bytes: 200_000)
        #expect(pause.next() == 1)
        pause.count(datagrams: 2, bytes: 400)
        #expect(pause.next() == 2)
        #expect(pause.next() == 3)
        #expect(pause.next() == 3)
    }
}
