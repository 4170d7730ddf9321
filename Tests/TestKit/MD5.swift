import COpenSSL

/// MD5 of bytes, for the checksums of objects.
enum MD5 {
    static func hex(_ bytes: [UInt8]) -> String {
        var result = [UInt8](repeating: 0, count: 16)
        var count: UInt32 = 0
        // Pointers live for the call.
        _ = unsafe EVP_Digest(bytes, bytes.count, &result, &count, EVP_md5(), nil)
        return result.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
