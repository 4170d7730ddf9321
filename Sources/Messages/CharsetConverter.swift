import Core
import Glibc

/// Turns texts of one character set into UTF-8 (iconv of the C library); for one thread.
@safe
final class CharsetConverter {
    /// The name as the configuration has it.
    let charset: [UInt8]
    private let conversion: iconv_t

    /// - Returns: `nil` when the C library does not know the character set.
    init?(_ charset: String) {
        // (iconv_t)-1 says that there is none.
        guard let conversion = unsafe iconv_open("UTF-8", charset),
            Int(bitPattern: conversion) != -1
        else { return nil }
        unsafe self.conversion = conversion
        self.charset = Array(charset.utf8)
    }

    deinit { _ = unsafe iconv_close(conversion) }

    /// Whether ASCII stands for itself in the set: it does not in UTF-16, whose messages cannot be
    /// told from UTF-8 and have no header that can be read.
    var keepsASCII: Bool {
        var text = ByteBuffer()
        text.append("<34>1 aZ{=\"")
        var converted = ByteBuffer()
        return convert(text.bytes, into: &converted)
            && converted.bytes.hasSameBytes(as: text.bytes)
    }

    /// Appends `text` as UTF-8.
    ///
    /// - Returns: `false` when it holds bytes that the character set does not have; then nothing was
    ///   appended.
    func convert(_ text: RawSpan, into target: inout ByteBuffer) -> Bool {
        // No character takes more than four bytes in UTF-8.
        let room = text.byteCount * 4 + 16
        var isWhole = false
        // The pointers live inside the closures, and iconv stays within the counts.
        unsafe target.appendUnsafely(atMost: room) { output in
            unsafe text.withUnsafeBytes { source in
                var input = unsafe UnsafeMutablePointer(
                    mutating: source.baseAddress?.assumingMemoryBound(to: CChar.self))
                var inputLeft = source.count
                var place: UnsafeMutablePointer<CChar>? = unsafe output.assumingMemoryBound(
                    to: CChar.self)
                var roomLeft = room
                // Back to the first state of sets that have several.
                _ = unsafe iconv(conversion, nil, nil, nil, nil)
                let status = unsafe iconv(conversion, &input, &inputLeft, &place, &roomLeft)
                isWhole = status != -1 && inputLeft == 0
                return isWhole ? room - roomLeft : 0
            }
        }
        return isWhole
    }
}
