/// The part of a key that tells objects apart: eight letters and digits, made from what the object
/// is, so that it is the same at every attempt.
enum ObjectName {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    static func text(_ origin: String) -> String {
        var hash = S3Settings.hash(origin)
        // SplitMix64's last steps spread the last characters over all bits.
        hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
        hash ^= hash >> 31
        var text: [UInt8] = []
        for _ in 0..<8 {
            text.append(letters[Int(hash % UInt64(letters.count))])
            hash /= UInt64(letters.count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
