import CShims
import Core

/// The layout of segments and frames.
///
/// All numbers are big-endian.
///
/// A segment begins with a 32-byte header; frames follow back to back. `docs/85-journal.md` gives
/// the tables. A change of layout needs a new `version`.
enum Frame {
    static let version: UInt16 = 1

    // Segment header: magic 8, version 2, zero 2, number 8, first record 8, CRC32C 4.
    static let segmentMagic: UInt64 = 0x4341_5443_4853_4547  // "CATCHSEG"
    static let segmentHeaderLength = 32

    // Frame header: magic 4, CRC32C 4 of all that follows, body length 4, record count 4,
    // first record 8, time received 8.
    static let magic: UInt32 = 0x4346_524d  // "CFRM"
    static let headerLength = 32
    /// A length above this is damage, not data.
    static let bodyLimit = 1 << 30

    /// Checksums the bytes; CRC32C as in RFC 3720 §12.1.
    static func checksum(_ bytes: RawSpan) -> UInt32 {
        // The pointer lives for the call only.
        unsafe bytes.withUnsafeBytes { unsafe catchment_crc32c(0, $0.baseAddress, $0.count) }
    }

    static func appendSegmentHeader(
        number: UInt64, firstRecord: UInt64, to buffer: inout ByteBuffer
    ) {
        let start = buffer.count
        buffer.append(bigEndian: segmentMagic)
        buffer.append(bigEndian: version)
        buffer.append(bigEndian: UInt16(0))
        buffer.append(bigEndian: number)
        buffer.append(bigEndian: firstRecord)
        let crc = checksum(buffer.bytes.extracting(start..<buffer.count))
        buffer.append(bigEndian: crc)
    }

    /// - Returns: the segment's number and the number of its first record.
    static func readSegmentHeader(
        _ bytes: RawSpan
    ) throws(DecodeError) -> (number: UInt64, firstRecord: UInt64) {
        guard bytes.byteCount >= segmentHeaderLength, bytes.uint64(at: 0) == segmentMagic,
            bytes.uint32(at: 28) == checksum(bytes.extracting(0..<28))
        else { throw DecodeError(.frameCorrupt, at: 0) }
        guard bytes.uint16(at: 8) == version else { throw DecodeError(.frameVersion, at: 8) }
        return (bytes.uint64(at: 12), bytes.uint64(at: 20))
    }

    /// What a frame's header says.
    struct Header {
        var checksum: UInt32
        var bodyLength: Int
        var recordCount: Int
        var firstRecord: UInt64
        var received: Timestamp

        var frameLength: Int { Frame.headerLength + bodyLength }
    }

    /// Reads a header without checking its checksum, which covers the body too.
    static func readHeader(_ bytes: RawSpan) throws(DecodeError) -> Header {
        guard bytes.byteCount >= headerLength, bytes.uint32(at: 0) == magic else {
            throw DecodeError(.frameCorrupt, at: 0)
        }
        let bodyLength = Int(bytes.uint32(at: 8))
        guard bodyLength <= bodyLimit else { throw DecodeError(.frameCorrupt, at: 8) }
        return Header(
            checksum: bytes.uint32(at: 4), bodyLength: bodyLength,
            recordCount: Int(bytes.uint32(at: 12)), firstRecord: bytes.uint64(at: 16),
            received: Timestamp(nanoseconds: Int64(bitPattern: bytes.uint64(at: 24))))
    }

    /// Reads the header of a whole frame and, where it has one, checks the frame's checksum.
    static func intactHeader(
        of frame: borrowing ByteBuffer, hasChecksum: Bool = true
    ) throws(DecodeError) -> Header {
        let bytes = frame.bytes
        let header = try readHeader(bytes)
        guard bytes.byteCount >= header.frameLength else {
            throw DecodeError(.frameCorrupt, at: 8)
        }
        guard
            !hasChecksum
                || checksum(bytes.extracting(8..<header.frameLength)) == header.checksum
        else { throw DecodeError(.frameChecksum, at: 4) }
        return header
    }
}
