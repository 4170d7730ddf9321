import COpenSSL
import Core

/// Checksums and keyed checksums, by OpenSSL.
public enum Digest {
    /// SHA-256 (FIPS 180-4), 32 bytes.
    public static func sha256(_ bytes: RawSpan) -> [UInt8] { unsafe digest(bytes, EVP_sha256()) }

    /// MD5 (RFC 1321), 16 bytes: what stores take for the ETag of an object.
    public static func md5(_ bytes: RawSpan) -> [UInt8] { unsafe digest(bytes, EVP_md5()) }

    /// HMAC-SHA-256 (RFC 2104), 32 bytes.
    public static func hmac(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        // All pointers live for the call; the result has the 32 bytes that SHA-256 gives.
        let done = unsafe key.withUnsafeBytes { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe result.withUnsafeMutableBufferPointer { result in
                    unsafe HMAC(
                        EVP_sha256(), key.baseAddress, Int32(key.count), message.baseAddress,
                        message.count, result.baseAddress, &count)
                }
            }
        }
        precondition(unsafe done != nil && count == 32, "OpenSSL has no SHA-256")
        return result
    }

    static func sha256(_ payload: Payload) -> [UInt8] { unsafe digest(payload, EVP_sha256()) }

    static func md5(_ payload: Payload) -> [UInt8] { unsafe digest(payload, EVP_md5()) }

    @unsafe
    private static func digest(_ bytes: RawSpan, _ kind: OpaquePointer?) -> [UInt8] {
        unsafe digest(kind) { update in update(bytes) }
    }

    @unsafe
    private static func digest(_ payload: Payload, _ kind: OpaquePointer?) -> [UInt8] {
        unsafe digest(kind) { update in payload.forEachPiece(update) }
    }

    /// - Parameter feed: is given what takes the bytes, piece by piece.
    @unsafe
    private static func digest(
        _ kind: OpaquePointer?, _ feed: ((RawSpan) -> Void) -> Void
    ) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        // The context is made and freed here; all other pointers live for their calls. The result
        // has room for every digest.
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var isGood = unsafe EVP_DigestInit_ex(context, kind, nil) == 1
        feed { bytes in
            let status = unsafe bytes.withUnsafeBytes {
                unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
            }
            isGood = isGood && status == 1
        }
        let status = unsafe result.withUnsafeMutableBufferPointer {
            unsafe EVP_DigestFinal_ex(context, $0.baseAddress, &count)
        }
        precondition(isGood && status == 1, "OpenSSL lacks a digest")
        return Array(result.prefix(Int(count)))
    }
}

extension [UInt8] {
    /// Two lower-case hex digits for each byte.
    public var hex: String {
        let digits = Array<UInt8>("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// RFC 4648 §4, with padding.
    public var base64: String {
        let digits = Array<UInt8>(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: count, by: 3) {
            let part = self[start..<Swift.min(start + 3, count)]
            var bits = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            bits <<= UInt32(3 - part.count) * 8
            for place in 0..<4 {
                text.append(
                    place <= part.count
                        ? digits[Int(bits >> UInt32(18 - place * 6)) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension String {
    /// The bytes of a text in base 64 (RFC 4648 §4); `nil` when it is none.
    public var base64Bytes: [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        let digits = utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
        guard utf8.count % 4 == 0, utf8.count - digits.count <= 2 else { return nil }
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x41...0x5a: value = digit - 0x41
            case 0x61...0x7a: value = digit - 0x61 + 26
            case 0x30...0x39: value = digit - 0x30 + 52
            case 0x2b: value = 62
            case 0x2f: value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
