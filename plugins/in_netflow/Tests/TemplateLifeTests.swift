import Core
import Testing

@testable import InNetflow

@Suite struct TemplateLifeTests {
    /// A template announced every `pause` seconds and `messages` messages, five times.
    private static func life(pause: Int64, messages: UInt64) -> TemplateLife {
        var life = TemplateLife(lastSeen: 0, message: 0)
        for round in 1...4 as ClosedRange<Int64> {
            life.repeated(at: round * pause, message: UInt64(round) * messages)
        }
        return life
    }

    /// Seconds and messages since the last announcement.
    @Test(arguments: [
        (Int64(3_700), UInt64(61), true), (3_500, 61, false), (3_700, 60, false),
        (86_400, 10, false),
    ])
    func endsWhenMuchMoreTimeAndMessagesThanEverHavePassed(
        seconds: Int64, messages: UInt64, hasEnded: Bool
    ) {
        let life = Self.life(pause: 600, messages: 20)
        #expect(
            life.hasEnded(at: 2_400 + seconds, message: 80 + messages, limit: 0) == hasEnded)
    }

    @Test func goesByThePauseWhenItIsLong() {
        let life = Self.life(pause: 1_800, messages: 20)
        #expect(!life.hasEnded(at: 7_200 + 5_400, message: 1_000, limit: 0))
        #expect(life.hasEnded(at: 7_200 + 5_401, message: 1_000, limit: 0))
    }

    @Test func neverEndsOneThatIsAnnouncedOnce() {
        let life = TemplateLife(lastSeen: 0, message: 0)
        #expect(!life.hasEnded(at: 10_000_000, message: 1 << 40, limit: 0))
        #expect(life.hasEnded(at: 61, message: 0, limit: 60))
        #expect(!life.hasEnded(at: 60, message: 0, limit: 60))
    }

    @Test func takesAnEndedTemplateOutOfUse() {
        var options = NetflowDecoder.Options()
        options.templateLifetime = 600
        let bench = FlowBench(options)
        bench.feed(TestMessage.v9([.v9Template(256, [TestField(8, 4)])]))
        bench.tend(after: 500)
        bench.feed(TestMessage.v9([.data(256, [10, 0, 0, 1])], sequence: 8), after: 500)
        bench.tend(after: 700)
        #expect(bench.count(.flowTemplateExpired) == 1)
        bench.feed(TestMessage.v9([.data(256, [10, 0, 0, 2])], sequence: 9), after: 701)
        #expect(bench.records.count == 1)
        #expect(bench.held.waiting == 1)
        bench.feed(TestMessage.v9([.v9Template(256, [TestField(8, 4)])], sequence: 10), after: 702)
        #expect(bench.records.count == 2)
    }
}
