/// A pattern in which `*` stands for any run of characters, as in `match: 'fw.*'`.
///
/// The whole text must fit; case matters.
public struct Wildcard: Hashable, Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    public init(_ pattern: String) { bytes = Array(pattern.utf8) }

    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether there is a `*` at all.
    public var isLiteral: Bool { !bytes.contains(UInt8(ascii: "*")) }

    public func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        var position = 0
        var here = 0
        // Where to go back to when the rest does not fit: after the last `*`, one byte further on.
        var star: Int?
        var resume = 0
        while position < text.count {
            if here < bytes.count, bytes[here] == UInt8(ascii: "*") {
                star = here
                resume = position
                here += 1
            } else if here < bytes.count, bytes[here] == text[position] {
                here += 1
                position += 1
            } else if let star {
                resume += 1
                position = resume
                here = star + 1
            } else {
                return false
            }
        }
        return bytes[here...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
