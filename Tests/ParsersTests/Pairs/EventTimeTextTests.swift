import Core
import Testing

@testable import Parsers

struct EventTimeTextTests {
    @Test(
        arguments: [
            ("1700000000", "2023-11-14T22:13:20.000Z"),
            ("1563249630.774", "2019-07-16T04:00:30.774Z"),
            ("1700000000123", "2023-11-14T22:13:20.123Z"),
            ("1700000000123456", "2023-11-14T22:13:20.123456Z"),
            ("1700000000123456789", "2023-11-14T22:13:20.123456789Z"),
            ("Oct 11 2026 22:14:15", "2026-10-11T20:14:15.000Z"),
            ("Oct 11 2026 22:14:15.250", "2026-10-11T20:14:15.250Z"),
            ("Oct 11 2026 22:14:15 UTC", "2026-10-11T22:14:15.000Z"),
            ("Oct 11 2026 22:14:15.5 +0100", "2026-10-11T21:14:15.500Z"),
            ("Mar  9 22:14:15", "2024-03-09T20:14:15.000Z"),
            ("Mar 09 22:14:15.001 GMT", "2024-03-09T22:14:15.001Z"),
            ("2026-10-11 22:14:15", "2026-10-11T20:14:15.000Z"),
            ("2026-10-11T22:14:15Z", "2026-10-11T22:14:15.000Z"),
            ("2026-10-11T22:14:15.123+02:00", "2026-10-11T20:14:15.123Z"),
            ("", nil), ("12345678", nil), ("17000000001234567890", nil), ("1700000000.", nil),
            ("Oct 11 2026 22:14:15 CEST", nil), ("Oct 32 2026 22:14:15", nil), ("soon", nil),
            ("9999999999999999", nil),
        ] as [(String, String?)])
    func readsManyForms(text: String, expected: String?) {
        let reader = EventTimeText(zone: TimeZone(offsetSeconds: 7200))
        let time = Array(text.utf8).withBytes {
            reader.parse($0, received: ParserRun.source.received)
        }
        #expect(time.map { "\($0)" } == expected)
    }
}
