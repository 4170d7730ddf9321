import Core

/// Times in HTTP headers (RFC 9110 §5.6.7).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func parse(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
            let month = months.firstIndex(of: String(words[2])), let year = Int(words[3])
        else { return nil }
        let time = words[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, (1...31).contains(day), (1970...9999).contains(year),
            (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        let date = CivilTime(
            year: year, month: month + 1, day: day, hour: time[0], minute: time[1],
            second: time[2])
        return Timestamp(seconds: date.secondsSince1970)
    }

    /// Nanoseconds that `Retry-After` asks to wait (RFC 9110 §10.2.3), an hour at most.
    static func retryAfter(_ text: String, now: Timestamp) -> Int64? {
        let limit: Int64 = 3_600_000_000_000
        if let seconds = Int64(text) {
            return seconds < 0 ? nil : min(seconds, 3_600) * 1_000_000_000
        }
        return parse(text).map { max(0, min($0.nanoseconds(since: now), limit)) }
    }
}
