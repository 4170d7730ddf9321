import Core

/// The text of one message as UTF-8, when its own bytes are something else.
///
/// For one thread; keeps its buffer and its converters.
struct PlainText: ~Copyable {
    /// The text; empty when the message's own bytes are used.
    private(set) var buffer = ByteBuffer()
    private var converters: [String: CharsetConverter] = [:]

    static let invalid = Array("invalid".utf8)

    mutating func removeAll() { buffer.removeAll() }

    /// Writes a message that is not UTF-8 as UTF-8, when its character set is known.
    ///
    /// - Returns: the name of the character set, or `invalid`: then the message stays as it is, and
    ///   outputs show U+FFFD for what is no text.
    mutating func convert(_ message: RawSpan, from charset: String?) -> [UInt8] {
        guard let charset, let converter = converter(charset) else { return Self.invalid }
        return converter.convert(message, into: &buffer) ? converter.charset : Self.invalid
    }

    private mutating func converter(_ charset: String) -> CharsetConverter? {
        if let known = converters[charset] { return known }
        let made = CharsetConverter(charset)
        converters[charset] = made
        return made
    }
}
