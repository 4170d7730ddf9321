import Core
import Parsers

/// A moment on the command line, in UTC: a day, or a day and a time of day.
enum MomentOption {
    private static let formats = [
        "%Y-%m-%dT%H:%M:%S.%L%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
        "%Y-%m-%d",
    ]

    /// - Parameter option: for the message.
    static func read(_ text: String, of option: String) throws(UsageError) -> Timestamp {
        let bytes = Array(text.replacing(" ", with: "T").utf8)
        for form in formats {
            guard let format = try? TimeFormat(form) else { continue }
            let moment = bytes.withBytes {
                format.parse($0, received: Timestamp(nanoseconds: 0))
            }
            if let moment { return moment }
        }
        throw UsageError(
            .unexpectedArgument, "\(option) is a time, not '\(text)'",
            hint: "for example 2026-11-23T18:04:05Z, 2026-11-23T18:04 or 2026-11-23")
    }
}
