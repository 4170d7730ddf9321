/// What templates put in the place of their placeholders.
public enum TemplateText {
    /// A value of a tag or record as one harmless part of a path or key.
    ///
    /// `/`, control characters, DEL and bytes that are not UTF-8 become `_`, and so does a dot at the
    /// beginning; a value that is missing or empty becomes `unknown`.
    ///
    /// - Parameter limit: longest result, in bytes.
    public static func safe(_ value: String, limit: Int) -> String {
        guard !value.isEmpty else { return "unknown" }
        var result = ""
        for scalar in value.unicodeScalars {
            let isUnsafe =
                scalar == "/" || scalar == "\u{fffd}" || scalar.value < 0x20
                || (0x7f..<0xa0).contains(scalar.value) || (result.isEmpty && scalar == ".")
            result.unicodeScalars.append(isUnsafe ? "_" : scalar)
        }
        return cut(result, limit)
    }

    /// The text without what goes beyond `limit` bytes, whole characters only.
    public static func cut(_ text: String, _ limit: Int) -> String {
        if text.utf8.count <= limit { return text }
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            if count > limit { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// The number in decimal with zeros in front.
    public static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    /// A moment as strftime writes it for one of the letters `YymdHMSsjFTbB`.
    ///
    /// - Parameter offset: of the local time, in seconds east of UTC.
    public static func time(_ time: Timestamp, _ letter: Character, offset: Int64 = 0) -> String {
        let local = time.seconds + offset
        let date = CivilTime(secondsSince1970: local)
        switch letter {
        case "Y": return padded(date.year, 4)
        case "y": return padded(date.year % 100, 2)
        case "m": return padded(date.month, 2)
        case "d": return padded(date.day, 2)
        case "H": return padded(date.hour, 2)
        case "M": return padded(date.minute, 2)
        case "S": return padded(date.second, 2)
        case "s": return String(time.seconds)
        case "b": return String(months[date.month - 1].prefix(3))
        case "B": return months[date.month - 1]
        case "T":
            return "\(padded(date.hour, 2)):\(padded(date.minute, 2)):\(padded(date.second, 2))"
        case "F": return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        default:
            precondition(letter == "j", "templates know no %\(letter)")
            let newYear = CivilTime(year: date.year, month: 1, day: 1).secondsSince1970
            return padded(Int((local - newYear) / 86_400) + 1, 3)
        }
    }
}
