import Core

/// Reads times as CEF and LEEF events write them, without being told how.
///
/// Seconds, milliseconds, microseconds or nanoseconds since 1970, by the number of digits;
/// `Oct 11 2026 22:14:15` with or without year, fraction and offset or `UTC`; ISO 8601 dates with
/// a `T` or a blank.
struct EventTimeText: Sendable {
    private let formats: [TimeFormat]

    /// - Parameter zone: for texts that name none.
    init(zone: TimeZone = .utc) {
        var formats: [TimeFormat] = []
        for date in [
            "%b %d %Y %H:%M:%S", "%b %d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
        ] {
            for end in ["", ".%L", " %z", ".%L %z"] {
                // All are known conversions; a test reads each form.
                if let format = try? TimeFormat(date + end, zone: zone) {
                    formats.append(format)
                }
            }
        }
        self.formats = formats
    }

    func parse(_ text: RawSpan, received: Timestamp) -> Timestamp? {
        if let time = Self.epoch(text) { return time }
        for format in formats {
            if let time = format.parse(text, received: received) { return time }
        }
        return nil
    }

    /// A number of 9 digits and more, with a fraction where it is one of seconds.
    private static func epoch(_ text: RawSpan) -> Timestamp? {
        var offset = 0
        var number: Int64 = 0
        while offset < text.byteCount, offset < 19, text.byte(at: offset).isDigit {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, more) = product.addingReportingOverflow(Int64(text.byte(at: offset) &- 0x30))
            if overflow || more { return nil }
            number = sum
            offset &+= 1
        }
        guard offset >= 9 else { return nil }
        if offset <= 11 {
            var nanoseconds: Int64 = 0
            if text.hasBytes(of: ".", at: offset), offset &+ 1 < text.byteCount {
                offset &+= 1
                var scale: Int64 = 100_000_000
                while offset < text.byteCount, text.byte(at: offset).isDigit {
                    nanoseconds &+= Int64(text.byte(at: offset) &- 0x30) &* scale
                    scale /= 10
                    offset &+= 1
                }
            }
            guard offset == text.byteCount else { return nil }
            return Timestamp(seconds: number, nanoseconds: nanoseconds)
        }
        guard offset == text.byteCount else { return nil }
        let scale: Int64 = offset <= 14 ? 1_000_000 : offset <= 17 ? 1000 : 1
        let (nanoseconds, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : Timestamp(nanoseconds: nanoseconds)
    }
}
