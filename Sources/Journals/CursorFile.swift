public import Core
import System

/// What an output must know to go on after a restart: its place in each journal and its own state.
///
/// One small file, replaced as a whole, so that places and state always belong together.
public struct Cursor: Sendable, Equatable {
    /// By the journal's name.
    public var positions: [String: JournalPosition]
    /// What `Output.commit` or `Output.plan` returned.
    public var state: [UInt8]

    public init(positions: [String: JournalPosition] = [:], state: [UInt8] = []) {
        self.positions = positions
        self.state = state
    }
}

/// The file of one output's cursor.
///
/// It has two slots of equal length that are written in turns, each with a number that counts up and
/// a checksum: whatever becomes of a write, the slot before it is whole.
public final class CursorFile {
    public let path: String
    private let isDurable: Bool
    private var file: FileDescriptor?
    /// Bytes of a slot.
    private var slotLength = 0
    /// Number of the newest whole slot.
    private var sequence: UInt64 = 0

    /// A block of the disk: writing one slot touches nothing of the other.
    private static let block = 4096

    /// - Parameter isDurable: `save` waits for the disk.
    public init(path: String, isDurable: Bool) {
        self.path = path
        self.isDurable = isDurable
    }

    public func save(_ cursor: Cursor) throws(OperationError) {
        if file == nil || FileSystem.kind(of: path) == nil { try open() }
        let slot = CursorSlot(sequence: sequence + 1, cursor: cursor).encoded()
        if file == nil || slot.count > slotLength {
            try replace(with: slot)
        } else {
            try file?.write(
                slot.bytes, at: Int(slotNumber) * slotLength, target: path)
            if isDurable { try file?.synchronizeData(target: path) }
        }
        sequence += 1
    }

    /// The slot that does not hold the newest cursor.
    private var slotNumber: UInt64 { (sequence + 1) % 2 }

    /// Opens the file if there is one that can be written into.
    private func open() throws(OperationError) {
        file = nil
        // Its slots may be of any age: only what `load` has chosen may stay untouched.
        guard try load() != nil else { return }
        file = try FileDescriptor.open(path, .write)
    }

    /// Makes the file anew, with room for larger cursors.
    private func replace(with slot: borrowing ByteBuffer) throws(OperationError) {
        var length = Self.block
        while length < slot.count { length *= 2 }
        var content = ByteBuffer()
        content.append(repeating: 0, count: Int(slotNumber) * length)
        content.append(contentsOf: slot)
        content.append(repeating: 0, count: length * 2 - content.count)
        file = nil
        try FileSystem.replaceFile(path, with: content.bytes, isDurable: isDurable)
        file = try FileDescriptor.open(path, .write)
        slotLength = length
    }

    /// - Returns: `nil` when there is no file.
    /// - Throws: `journalOpenFailed` when the file is not a cursor.
    public func load() throws(OperationError) -> Cursor? {
        guard FileSystem.kind(of: path) != nil else { return nil }
        let content = try FileSystem.readFile(path)
        let half = content.count / 2
        let newest = content.withBytes { bytes in
            [0..<half, half..<half * 2]
                .compactMap { CursorSlot(bytes.extracting($0)) }
                .max { $0.sequence < $1.sequence }
        }
        guard let newest else {
            throw OperationError(
                .journalOpenFailed, call: "read", target: path,
                reason: "this is no cursor or it is damaged; move it away to deliver from the "
                    + "oldest record again", canRetry: false)
        }
        slotLength = half
        sequence = newest.sequence
        return newest.cursor
    }
}

/// One of the two places of a cursor's file.
///
/// Layout: magic 8, version 2, zero 2, sequence 8, length of the rest 4, CRC32C 4 of the rest and of
/// all before; position count 2; each: name (u16 length), segment 8, offset 8, record 8; state (u32
/// length).
private struct CursorSlot {
    private static let magic: UInt64 = 0x4341_5443_4855_5253  // "CATCHURS"
    private static let version: UInt16 = 2
    private static let headerLength = 28

    var sequence: UInt64
    var cursor: Cursor

    init(sequence: UInt64, cursor: Cursor) {
        self.sequence = sequence
        self.cursor = cursor
    }

    func encoded() -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.append(bigEndian: Self.magic)
        buffer.append(bigEndian: Self.version)
        buffer.append(bigEndian: UInt16(0))
        buffer.append(bigEndian: sequence)
        buffer.append(bigEndian: UInt32(0))
        buffer.append(bigEndian: UInt32(0))
        buffer.append(bigEndian: UInt16(cursor.positions.count))
        for (name, position) in cursor.positions.sorted(by: { $0.key < $1.key }) {
            buffer.append(short: name)
            buffer.append(bigEndian: position.segment)
            buffer.append(bigEndian: position.offset)
            buffer.append(bigEndian: position.record)
        }
        buffer.append(bigEndian: UInt32(cursor.state.count))
        cursor.state.withBytes { buffer.append($0) }
        buffer.store(bigEndian: UInt32(buffer.count - Self.headerLength), at: 20)
        let crc = Self.checksum(buffer.bytes)
        buffer.store(bigEndian: crc, at: 24)
        return buffer
    }

    /// Of the header without the checksum, continued over the rest.
    private static func checksum(_ slot: RawSpan) -> UInt32 {
        Frame.checksum(
            slot.extracting(headerLength..<slot.byteCount),
            continuing: Frame.checksum(slot.extracting(0..<24)))
    }

    /// - Returns: `nil` when the slot is empty or damaged.
    init?(_ slot: RawSpan) {
        guard slot.byteCount >= Self.headerLength, slot.uint64(at: 0) == Self.magic,
            slot.uint16(at: 8) == Self.version
        else { return nil }
        let length = Int(slot.uint32(at: 20))
        guard length <= slot.byteCount - Self.headerLength else { return nil }
        let used = slot.extracting(0..<Self.headerLength + length)
        guard slot.uint32(at: 24) == Self.checksum(used) else { return nil }
        sequence = slot.uint64(at: 12)
        cursor = Cursor()
        var reader = ByteReader(used)
        guard reader.skip(Self.headerLength), let count = reader.readUInt16() else { return nil }
        for _ in 0..<count {
            guard let name = reader.readShort(), let segment = reader.readUInt64(),
                let offset = reader.readUInt64(), let record = reader.readUInt64()
            else { return nil }
            cursor.positions[name.makeString()] = JournalPosition(
                segment: segment, offset: offset, record: record)
        }
        guard let length = reader.readUInt32(), let state = reader.read(count: Int(length)) else {
            return nil
        }
        cursor.state = state.makeArray()
    }
}
