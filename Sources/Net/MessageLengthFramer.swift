import Core

/// Cuts a byte stream into IPFIX messages by the length in their headers (RFC 7011 §10.4).
///
/// Nothing but the lengths tells where messages begin: after a header that is none, no other can be
/// found.
enum MessageLengthFramer {
    private static let version: UInt16 = 10
    private static let headerLength = 16

    /// Looks for the next message; a pure function of the bytes.
    static func next(in bytes: RawSpan, at start: Int) -> Framer.Step {
        let left = bytes.byteCount &- start
        // Version and length are checked as soon as they are there: a sender of something else may
        // never send a whole header.
        guard left >= 4 else {
            if left >= 2, bytes.uint16(at: start) != version { return .broken }
            return .needMore
        }
        let length = Int(bytes.uint16(at: start &+ 2))
        guard bytes.uint16(at: start) == version, length >= headerLength else {
            return .broken
        }
        guard left >= length else { return .needMore }
        return .frame(range: start..<start &+ length, next: start &+ length)
    }
}
