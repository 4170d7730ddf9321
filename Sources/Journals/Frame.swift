import Core
import System

/// The layout of segments and frames.
///
/// All numbers are big-endian.
///
/// A segment begins with a header; frames follow back to back. `docs/85-journal.md` gives the
/// tables. A change of layout needs a new `version`.
package enum Frame {
    static let version: UInt16 = 2

    // Frame header: magic 4, CRC32C 4 of all that follows, salt 8, body length 4, record count 4,
    // first record 8, time received 8.
    static let magic: UInt32 = 0x4346_524d  // "CFRM"
    static let headerLength = 40
    /// A length above this is damage, not data.
    static let bodyLimit = 1 << 30
    /// Where the bytes begin that the checksum covers.
    static let checkedFrom = 8

    /// CRC32C of the bytes.
    ///
    /// - Parameter crc: the checksum of what stands before them.
    static func checksum(_ bytes: RawSpan, continuing crc: UInt32 = 0) -> UInt32 {
        Checksum.crc32c(bytes, continuing: crc)
    }

    /// What a frame's header says.
    package struct Header {
        var checksum: UInt32
        /// The segment's number nobody outside can know: records hold what strangers send, and
        /// might hold something that looks like a frame.
        var salt: UInt64
        var bodyLength: Int
        package var recordCount: Int
        var firstRecord: UInt64
        var received: Timestamp

        package var frameLength: Int { Frame.headerLength + bodyLength }
        /// Number of the first record behind the frame.
        var endRecord: UInt64 { firstRecord + UInt64(recordCount) }

        /// - Returns: `nil` when no frame can begin like this.
        package init?(_ bytes: RawSpan) {
            guard bytes.byteCount >= Frame.headerLength, bytes.uint32(at: 0) == Frame.magic else {
                return nil
            }
            bodyLength = Int(bytes.uint32(at: 16))
            guard bodyLength <= Frame.bodyLimit else { return nil }
            checksum = bytes.uint32(at: 4)
            salt = bytes.uint64(at: 8)
            recordCount = Int(bytes.uint32(at: 20))
            firstRecord = bytes.uint64(at: 24)
            guard firstRecord <= .max - UInt64(recordCount) else { return nil }
            received = Timestamp(nanoseconds: Int64(bitPattern: bytes.uint64(at: 32)))
        }

        /// Whether `frame`, of `frameLength` bytes, is as it was written.
        func matches(_ frame: RawSpan) -> Bool {
            Frame.checksum(frame.extracting(Frame.checkedFrom..<frame.byteCount)) == checksum
        }
    }
}

/// What a segment begins with: magic 8, version 2, zero 2, number 8, first record 8, salt 8,
/// CRC32C 4 of all before.
struct SegmentHeader: Equatable {
    static let magic: UInt64 = 0x4341_5443_4853_4547  // "CATCHSEG"
    static let length = 40

    var number: UInt64
    /// Number of the segment's first record, counted since the journal was made.
    var firstRecord: UInt64
    /// Stands in every frame of the segment.
    var salt: UInt64

    init(number: UInt64, firstRecord: UInt64, salt: UInt64) {
        self.number = number
        self.firstRecord = firstRecord
        self.salt = salt
    }

    func append(to buffer: inout ByteBuffer) {
        let start = buffer.count
        buffer.append(bigEndian: Self.magic)
        buffer.append(bigEndian: Frame.version)
        buffer.append(bigEndian: UInt16(0))
        buffer.append(bigEndian: number)
        buffer.append(bigEndian: firstRecord)
        buffer.append(bigEndian: salt)
        let crc = Frame.checksum(buffer.bytes.extracting(start..<buffer.count))
        buffer.append(bigEndian: crc)
    }

    /// - Throws: `frameVersion` for a segment of another version, `frameCorrupt` for anything else.
    init(_ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount >= Self.length, bytes.uint64(at: 0) == Self.magic else {
            throw DecodeError(.frameCorrupt, at: 0)
        }
        let version = bytes.uint16(at: 8)
        // Version 1 had no salt.
        let checked = version == 1 ? 28 : 36
        guard bytes.uint32(at: checked) == Frame.checksum(bytes.extracting(0..<checked)) else {
            throw DecodeError(.frameCorrupt, at: 0)
        }
        guard version == Frame.version else { throw DecodeError(.frameVersion, at: 8) }
        number = bytes.uint64(at: 12)
        firstRecord = bytes.uint64(at: 20)
        salt = bytes.uint64(at: 28)
    }
}
