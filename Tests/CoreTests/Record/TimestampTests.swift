import Core
import Testing

@Suite struct TimestampTests {
    static let calendar: [(seconds: Int64, time: CivilTime)] = [
        (0, CivilTime(year: 1970, month: 1, day: 1)),
        (951_782_400, CivilTime(year: 2000, month: 2, day: 29)),
        (1_709_164_799, CivilTime(year: 2024, month: 2, day: 28, hour: 23, minute: 59, second: 59)),
        (4_102_444_800, CivilTime(year: 2100, month: 1, day: 1)),
        (-1, CivilTime(year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 59)),
        (-62_135_596_800, CivilTime(year: 1, month: 1, day: 1)),
    ]

    @Test(arguments: calendar)
    func convertsToTheCalendarAndBack(_ example: (seconds: Int64, time: CivilTime)) {
        let time = CivilTime(secondsSince1970: example.seconds)
        #expect(time == example.time)
        #expect(time.secondsSince1970 == example.seconds)
    }

    @Test(arguments: [
        (CivilTime(year: 2027, month: 2, day: 29), false),
        (CivilTime(year: 2028, month: 2, day: 29), true),
        (CivilTime(year: 2000, month: 2, day: 29), true),
        (CivilTime(year: 2100, month: 2, day: 29), false),
        (CivilTime(year: 2026, month: 13, day: 1), false),
        (CivilTime(year: 2026, month: 4, day: 31), false),
        (CivilTime(year: 2026, month: 4, day: 30, hour: 23, minute: 59, second: 60), true),
        (CivilTime(year: 2026, month: 4, day: 30, hour: 24), false),
    ])
    func knowsWhichDatesExist(_ time: CivilTime, _ isValid: Bool) {
        #expect(time.isValid == isValid)
    }

    @Test func saturatesInsteadOfOverflowing() {
        #expect(Timestamp(seconds: .max).nanoseconds == .max)
        #expect(Timestamp(seconds: .min).nanoseconds == .min)
        #expect(Timestamp(milliseconds: .max).nanoseconds == .max)
        #expect(
            Timestamp(nanoseconds: .max).nanoseconds(since: Timestamp(nanoseconds: -1)) == .max)
    }

    @Test func roundsSecondsDownBefore1970() {
        let time = Timestamp(nanoseconds: -1)
        #expect(time.seconds == -1)
        #expect(time.subsecond == 999_999_999)
    }

    static let networkTimes: [(ntp: UInt64, nanoseconds: Int64)] = [
        // 2014-03-27T00:00:00.5Z, era 0.
        (3_604_867_200 << 32 | 0x8000_0000, 1_395_878_400_500_000_000),
        // The first second of era 1, 2036-02-07T06:28:16Z.
        (0, 2_085_978_496_000_000_000),
    ]

    @Test(arguments: networkTimes)
    func readsNTPTimeInItsEra(_ example: (ntp: UInt64, nanoseconds: Int64)) {
        let time = Timestamp(ntp: example.ntp, isMicroseconds: false)
        #expect(time.nanoseconds == example.nanoseconds)
    }
}
