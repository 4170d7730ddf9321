import CPCRE2

/// A pattern that does not compile: where and why.
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The pattern as the user wrote it.
    public var source: String
    /// Bytes of `source` before the mistake was noticed.
    public var offset: Int
    /// PCRE2's words.
    public var reason: String

    /// `'[a-' fails at offset 3: missing terminating ] for character class`.
    public var description: String { "'\(source)' fails at offset \(offset): \(reason)" }

    static func text(_ number: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        // PCRE2 writes a NUL-terminated text of at most `count` bytes.
        let length = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            unsafe pcre2_get_error_message_8(number, buffer.baseAddress, buffer.count)
        }
        guard length > 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix(Int(length)), as: UTF8.self)
    }
}
