import Core
import TestKit
import Testing

@Suite struct SequenceTrackerTests {
    struct Message: Sendable {
        var sequence: UInt32
        var units: Int?
        var hasRestarted = false

        init(_ sequence: UInt32, _ units: Int?, hasRestarted: Bool = false) {
            self.sequence = sequence
            self.units = units
            self.hasRestarted = hasRestarted
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var messages: [Message]
        var loss: SequenceLoss.Snapshot
        var testDescription: String { name }

        init(
            _ name: String, _ messages: [Message], lost: UInt64 = 0, late: UInt64 = 0,
            duplicates: UInt64 = 0, resets: UInt64 = 0
        ) {
            self.name = name
            self.messages = messages
            loss = .init(lost: lost, late: late, duplicates: duplicates, resets: resets)
        }

        /// Messages of ten units with these numbers.
        init(
            tens name: String, _ sequences: [UInt32], lost: UInt64 = 0, late: UInt64 = 0,
            duplicates: UInt64 = 0, resets: UInt64 = 0
        ) {
            self.init(
                name, sequences.map { Message($0, 10) }, lost: lost, late: late,
                duplicates: duplicates, resets: resets)
        }
    }

    static let cases = [
        Case("nothing", []),
        Case(tens: "the first message tells nothing", [4_000_000_000]),
        Case(tens: "in order", [0, 10, 20, 30]),
        Case(tens: "one missing", [0, 20, 30], lost: 10),
        Case(tens: "many missing", [0, 10_000, 10_010, 20_000], lost: 9990 + 9980),
        Case(tens: "over the end of 32 bits", [4_294_967_280, 4_294_967_290, 4, 14]),
        Case(tens: "a gap over the end of 32 bits", [4_294_967_286, 10], lost: 10),
        Case(tens: "two swapped", [0, 20, 10, 30], late: 1),
        Case(tens: "two swapped over the end of 32 bits", [4_294_967_286, 10, 0, 20], late: 1),
        Case(tens: "one late by three", [0, 20, 30, 40, 10, 50], late: 1),
        Case(tens: "a block of three late", [0, 40, 10, 20, 30, 50], late: 3),
        Case(tens: "the middle of a gap fills in", [0, 40, 20, 50], lost: 20, late: 1),
        Case(
            tens: "all of a gap fills in from its middle", [0, 40, 20, 10, 30, 50], late: 3),
        Case(tens: "the second message came first", [10, 0, 20], late: 1),
        Case(tens: "sent twice", [0, 10, 10, 20, 20, 20, 30], duplicates: 3),
        Case(tens: "late and then once more", [0, 20, 10, 10, 30], late: 1, duplicates: 1),
        Case(tens: "two gaps, one filled", [0, 20, 40, 30, 50], lost: 10, late: 1),
        Case(tens: "far back is a new beginning", [1_000_000, 1_000_010, 0, 10], resets: 1),
        Case(
            tens: "half way around is a new beginning", [0, 10, 2_000_000_000, 2_000_000_010],
            resets: 1),
        Case(
            tens: "the old gaps end with a new beginning",
            [1_000_000, 1_000_020, 0, 10, 20], lost: 10, resets: 1),
        Case(
            tens: "from before the restart", [1_000_000, 0, 1_000_010, 999_990, 10, 20], late: 2,
            resets: 1),
        Case(
            "the exporter says it was restarted",
            [Message(100, 10), Message(0, 10, hasRestarted: true), Message(10, 10)], resets: 1),
        Case(
            "messages without units keep their place",
            [Message(5, 0), Message(5, 10), Message(15, 0), Message(15, 5), Message(20, 0)]),
        Case(
            "a late message without units fills nothing",
            [Message(0, 10), Message(20, 10), Message(10, 0), Message(10, 10)], late: 2),
        Case(
            "unknown units hide a loss, and nothing more",
            [Message(0, nil), Message(70, 10), Message(90, 10)], lost: 10),
        Case(
            "what an uncounted message may have held is no duplicate",
            [Message(0, 10), Message(10, nil), Message(70, 10), Message(30, 10)], late: 1),
        Case(
            "behind the last uncounted message",
            [Message(0, 10), Message(10, nil), Message(0, 10), Message(70, 10)], duplicates: 1),
    ]

    static func loss(_ messages: [Message]) -> SequenceLoss.Snapshot {
        var tracker = SequenceTracker(reach: 10_000)
        for message in messages {
            _ = tracker.begin(message.sequence, hasRestarted: message.hasRestarted)
            tracker.end(units: message.units)
        }
        return tracker.loss
    }

    @Test(arguments: cases)
    func tellsWhatTheNumbersMean(_ example: Case) {
        #expect(Self.loss(example.messages) == example.loss)
    }

    /// The same wherever in the 32 bits it happens.
    @Test(arguments: [1, 0x7fff_ffe0, 0x8000_0000, 0xffff_ffe8] as [UInt32])
    func knowsNoPlaceInTheNumbers(_ shift: UInt32) {
        for example in Self.cases {
            let moved = example.messages.map {
                Message($0.sequence &+ shift, $0.units, hasRestarted: $0.hasRestarted)
            }
            #expect(Self.loss(moved) == example.loss, "\(example.name)")
        }
    }

    @Test func believesARestartThatStaysBehind() {
        let before = (0..<100 as Range<UInt32>).map { Message($0 * 10, 10) }
        let after = (0..<50 as Range<UInt32>).map { Message($0 * 10, 10) }
        #expect(Self.loss(before + after) == .init(resets: 1))
        // A burst sent twice is none.
        #expect(Self.loss(before + after.prefix(31)) == .init(duplicates: 31))
    }

    @Test func forgetsTheOldestGapsAndKeepsThemLost() {
        var messages = (0..<40 as Range<UInt32>).map { Message($0 * 20, 10) }
        #expect(Self.loss(messages) == .init(lost: 390))
        // The newest 16 gaps can be filled; those before are late without effect.
        messages += (0..<39 as Range<UInt32>).reversed().map { Message($0 * 20 + 10, 10) }
        #expect(Self.loss(messages) == .init(lost: 230, late: 39))
    }

    @Test func balancesWhateverComes() {
        var random = SeededRandom(seed: 3)
        var tracker = SequenceTracker(reach: 1000)
        for _ in 0..<30_000 {
            let spread = UInt32.max >> UInt32.random(in: 0...31, using: &random)
            _ = tracker.begin(
                UInt32.random(in: 0...spread, using: &random),
                hasRestarted: Int.random(in: 0..<100, using: &random) == 0)
            if Bool.random(using: &random) {
                tracker.end(units: [nil, 0, 1, 30, 70_000].randomElement(using: &random) ?? nil)
            }
        }
        #expect(tracker.loss.lost < 1 << 60)
    }
}
