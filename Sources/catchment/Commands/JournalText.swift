import Core
import Journals

extension StoredJournal {
    /// `syslog.0`, or `quarantine of file.0`.
    var title: String {
        switch kind {
        case .input: name.printable
        case .quarantine: "quarantine of \(name.printable)"
        }
    }
}

extension StoredDamage {
    /// One line: where, the code, what.
    var line: String {
        let place = length == 0 ? "" : " at byte \(offset), length \(length)"
        return "\(path.printable): error \(code.text)\(place): \(reason)"
    }
}

extension Range where Bound == UInt64 {
    /// `records 40 to 59 (20)`.
    var recordsText: String {
        let count = upperBound - lowerBound
        return count == 1
            ? "record \(lowerBound)"
            : "records \(lowerBound) to \(upperBound - 1) (\(count.grouped))"
    }
}

extension Timestamp {
    /// `2026-11-23 18:04:05`, with milliseconds when asked for.
    func text(hasMilliseconds: Bool = false) -> String {
        let text = "\(self)"
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(hasMilliseconds ? 12 : 8))"
    }
}

extension BinaryInteger {
    /// The number; empty for 0, which lets a table leave out columns that have nothing to say.
    var groupedUnlessZero: String { self == 0 ? "" : grouped }
}
