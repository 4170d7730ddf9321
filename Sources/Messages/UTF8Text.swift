import CShims
import Core

/// Tells UTF-8 from other bytes (RFC 3629).
enum UTF8Text {
    /// Whether all bytes are well-formed UTF-8.
    @inline(__always)
    static func isValid(_ text: RawSpan) -> Bool {
        // The shim reads inside the bytes.
        let isASCII = unsafe text.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            return unsafe catchment_is_ascii(base, bytes.count)
        }
        return isASCII || isValid(text, from: 0)
    }

    private static func isValid(_ text: RawSpan, from start: Int) -> Bool {
        var offset = start
        while offset < text.byteCount {
            let first = text.byte(at: offset)
            offset &+= 1
            guard first >= 0x80 else { continue }
            // Bytes that follow, and the bounds of the first of them: no overlong forms, no
            // surrogates, nothing beyond U+10FFFF.
            let count: Int
            var bounds: ClosedRange<UInt8> = 0x80...0xbf
            switch first {
            case 0xc2...0xdf: count = 1
            case 0xe0: (count, bounds) = (2, 0xa0...0xbf)
            case 0xed: (count, bounds) = (2, 0x80...0x9f)
            case 0xe1...0xef: count = 2
            case 0xf0: (count, bounds) = (3, 0x90...0xbf)
            case 0xf1...0xf3: count = 3
            case 0xf4: (count, bounds) = (3, 0x80...0x8f)
            default: return false
            }
            guard offset &+ count <= text.byteCount else { return false }
            for index in 0..<count {
                guard bounds.contains(text.byte(at: offset &+ index)) else { return false }
                bounds = 0x80...0xbf
            }
            offset &+= count
        }
        return true
    }

    /// The last place at or before `limit` where a character begins.
    static func boundary(in text: RawSpan, at limit: Int) -> Int {
        var end = limit
        // A character has at most three bytes behind its first.
        while end > 0, limit &- end < 3, text.byte(at: end) & 0xc0 == 0x80 { end &-= 1 }
        return text.byte(at: end) & 0xc0 == 0x80 ? limit : end
    }
}
