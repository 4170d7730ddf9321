import Core
import Synchronization
import System

/// Bytes of a request: they stay where they are until the last reference is gone.
public final class Payload: Sendable {
    fileprivate let pieces: [PayloadPiece]
    public let count: Int
    /// Digests of the bytes, worked out when they are first asked for.
    private let digests = Mutex(Digests())

    private struct Digests {
        var sha256: [UInt8]?
        var md5: [UInt8]?
        var crc32c: UInt32?
    }

    fileprivate init(_ pieces: [PayloadPiece]) {
        self.pieces = pieces
        count = pieces.reduce(0) { $0 + $1.buffer.count }
    }

    deinit { SparePieces.keep(pieces) }

    public convenience init(_ bytes: RawSpan) {
        var draft = PayloadDraft()
        draft.append(bytes)
        self.init(draft.pieces)
    }

    /// Gives back the memory of payloads that are gone.
    public static func releaseSpareMemory() { SparePieces.release() }

    /// Calls `body` with the bytes, piece by piece.
    public func forEachPiece(_ body: (RawSpan) -> Void) {
        for piece in pieces { piece.buffer.withBytes(body) }
    }

    /// The SHA-256 of the bytes (FIPS 180-4), 32 bytes.
    public var sha256: [UInt8] {
        digests.withLock { digests in
            if let known = digests.sha256 { return known }
            let made = Digest.sha256(self)
            digests.sha256 = made
            return made
        }
    }

    /// The MD5 of the bytes (RFC 1321), 16 bytes.
    public var md5: [UInt8] {
        digests.withLock { digests in
            if let known = digests.md5 { return known }
            let made = Digest.md5(self)
            digests.md5 = made
            return made
        }
    }

    /// CRC-32C of the bytes (RFC 3720 B.4).
    var crc32c: UInt32 {
        digests.withLock { digests in
            if let known = digests.crc32c { return known }
            var sum: UInt32 = 0
            forEachPiece { sum = Checksum.crc32c($0, continuing: sum) }
            digests.crc32c = sum
            return sum
        }
    }

    /// Where the pieces are; valid as long as this object lives.
    @unsafe
    var starts: [(start: UnsafePointer<UInt8>?, count: Int)] {
        // The storage belongs to the buffers, which never change.
        unsafe pieces.map { piece in
            unsafe piece.buffer.withUnsafeBytes {
                unsafe ($0.assumingMemoryBound(to: UInt8.self).baseAddress, $0.count)
            }
        }
    }
}

/// A piece of a payload.
private final class PayloadPiece: @unchecked Sendable {
    // Sendable: never changed as long as it is in a payload.
    var buffer: ByteBuffer

    init(capacity: Int) { buffer = ByteBuffer(capacity: capacity) }
}

/// Long pieces that were used: the next payload takes them, so that what is in memory is what is
/// under way, and no heap with holes.
private enum SparePieces {
    static let length = 256 << 10
    private static let spare = Mutex<[PayloadPiece]>([])

    static func keep(_ pieces: [PayloadPiece]) {
        let long = pieces.filter { $0.buffer.capacity == length }
        if long.isEmpty { return }
        for piece in long { piece.buffer.removeAll() }
        spare.withLock { $0 += long }
    }

    static func take() -> PayloadPiece {
        spare.withLock { $0.popLast() } ?? PayloadPiece(capacity: length)
    }

    static func release() { spare.withLock { $0.removeAll() } }
}

/// A payload that is being made, in pieces: what is written is never moved again, and a short one
/// takes little memory.
public struct PayloadDraft {
    fileprivate private(set) var pieces: [PayloadPiece] = []
    public private(set) var count = 0
    /// Whether the payload before was long: this one will be, too.
    private var followsLong = false

    public init() {}

    public mutating func append(_ bytes: RawSpan) {
        var offset = 0
        while offset < bytes.byteCount {
            var room = pieces.last.map { $0.buffer.capacity - $0.buffer.count } ?? 0
            if room == 0 {
                // Each as long as all before it.
                room = followsLong ? .max : max(count, 4096)
                pieces.append(
                    room >= SparePieces.length ? SparePieces.take() : PayloadPiece(capacity: room))
                room = min(room, SparePieces.length)
            }
            let part = min(room, bytes.byteCount - offset)
            pieces[pieces.count - 1].buffer.append(bytes.extracting(offset..<offset + part))
            offset += part
            count += part
        }
    }

    /// The payload; the draft begins anew.
    public mutating func finish() -> Payload {
        let made = Payload(pieces)
        pieces = []
        followsLong = count >= SparePieces.length
        count = 0
        return made
    }
}
