/// A time zone as an offset, as the options of inputs give it.
public enum FixedZone {
    /// Seconds east of UTC from `UTC`, `Z`, `+02:00`, `-0530` or `+2`; `nil` for other text.
    public static func seconds(_ text: String) -> Int? {
        if ["UTC", "GMT", "Z"].contains(text.uppercased()) { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits) else {
            return nil
        }
        let hours: Int
        let minutes: Int
        switch digits.count {
        case 1, 2: (hours, minutes) = (number, 0)
        case 4: (hours, minutes) = (number / 100, number % 100)
        default: return nil
        }
        guard hours <= 14, minutes <= 59 else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
