import Core

/// What senders append to a message that is not part of it.
public enum LineEnding {
    /// The length of a message without the line feeds, carriage returns and NULs at its end.
    public static func contentLength(of message: RawSpan) -> Int {
        var count = message.byteCount
        while count > 0 {
            let last = message.byte(at: count &- 1)
            guard last == 0x0a || last == 0x0d || last == 0 else { break }
            count &-= 1
        }
        return count
    }
}
