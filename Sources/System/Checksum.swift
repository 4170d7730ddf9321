import CShims

/// Checksums of what is kept on disk.
public enum Checksum {
    /// CRC32C (RFC 3720 §12.1), by the processor's own instruction where it has one.
    ///
    /// - Parameter crc: the checksum of what stands before the bytes.
    public static func crc32c(_ bytes: RawSpan, continuing crc: UInt32 = 0) -> UInt32 {
        // The pointer lives for the call only.
        unsafe bytes.withUnsafeBytes { unsafe catchment_crc32c(crc, $0.baseAddress, $0.count) }
    }
}
