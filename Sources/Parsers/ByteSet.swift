import CShims

/// A set of bytes, asked with one look into a table: for the scans of every message.
struct ByteSet: Sendable {
    private let mask: UInt8

    @inline(__always)
    private init(_ mask: Int) { self.mask = UInt8(mask) }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool { catchment_byte_sets(byte) & mask != 0 }
}

// Computed, because stored ones would be asked for with a check each time.
extension ByteSet {
    /// What hostnames are made of in RFC 3164 headers: letters, digits, `. - _ / @`, not ASCII.
    @inline(__always)
    static var hostname: ByteSet { ByteSet(catchment_set_hostname) }

    /// What lists of RouterOS topics are made of: small letters, digits, `-` and the comma.
    @inline(__always)
    static var topicList: ByteSet { ByteSet(catchment_set_topics) }

    /// What ends an SD-NAME (RFC 5424 §6): controls, the space, and `" = ]`.
    @inline(__always)
    static var structuredNameEnd: ByteSet { ByteSet(catchment_set_sd_name_end) }

    /// What ends a tag: controls, the space, and `" ' ( : < = > [ { | }`.
    @inline(__always)
    static var tagEnd: ByteSet { ByteSet(catchment_set_tag_end) }

    /// What the keys of pairs are made of: letters, digits, `. - _`.
    @inline(__always)
    static var key: ByteSet { ByteSet(catchment_set_key) }
}
