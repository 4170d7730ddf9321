import Core
import Parsers
import Testing

@Suite struct OffsetLearnerTests {
    private static let received = Timestamp(2026, 10, 11, 12)

    /// Feeds messages whose clock differs by so many seconds.
    private func learner(_ differences: [Int64], from first: OffsetLearner = OffsetLearner())
        -> OffsetLearner
    {
        var learner = first
        for difference in differences {
            learner.observe(
                device: Timestamp(seconds: Self.received.seconds + difference),
                received: Self.received)
        }
        return learner
    }

    @Test(
        arguments: [
            (7200, 7200), (7198, 7200), (6800, 7200), (-12_600, -12_600), (-12_650, -12_600),
            (20_700, 20_700), (0, 0), (-3, 0), (449, 0), (450, 900), (-450, 0), (-451, -900),
            (50_400, 50_400), (-43_200, -43_200),
        ] as [(Int64, Int64)])
    func roundsToQuartersOfAnHour(difference: Int64, offset: Int64) {
        #expect(learner(Array(repeating: difference, count: 20)).offset == offset)
    }

    @Test func needsTwentyMessages() {
        #expect(learner(Array(repeating: 7200, count: 19)).offset == nil)
        #expect(learner(Array(repeating: 7200, count: 20)).offset == 7200)
    }

    @Test func stragglersDoNotMatter() {
        var differences = [Int64](repeating: 7199, count: 20)
        differences[4] = 5000
        differences[11] = -300
        #expect(learner(differences).offset == 7200)
        differences[12] = 5000
        #expect(learner(differences).offset == nil)
    }

    @Test func aClockThatIsWrongTeachesNothing() {
        #expect(learner(Array(repeating: -86_400 * 365, count: 40)).offset == nil)
        let interrupted = [Int64](repeating: 3600, count: 19) + [1 << 40, 3600]
        #expect(learner(interrupted).offset == nil)
        #expect(learner(Array(repeating: 60_000, count: 40)).offset == nil)
    }

    @Test func followsAChangeOfTheClocks() {
        let winter = learner(Array(repeating: 3600, count: 30))
        #expect(learner(Array(repeating: 7200, count: 17), from: winter).offset == 3600)
        #expect(learner(Array(repeating: 7200, count: 18), from: winter).offset == 7200)
    }

    @Test func survivesExtremes() {
        var learner = OffsetLearner()
        for _ in 0..<30 {
            learner.observe(
                device: Timestamp(nanoseconds: .min), received: Timestamp(nanoseconds: .max))
            learner.observe(
                device: Timestamp(nanoseconds: .max), received: Timestamp(nanoseconds: .min))
        }
        #expect(learner.offset == nil)
    }
}
