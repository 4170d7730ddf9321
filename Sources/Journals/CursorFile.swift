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
public struct CursorFile: Sendable {
    public let path: String
    private let isDurable: Bool

    // Layout: magic 8, version 2, position count 2; each: name (u16 length), segment 8, offset 8,
    // record 8; state (u32 length); CRC32C 4 of everything before.
    private static let magic: UInt64 = 0x4341_5443_4855_5253  // "CATCHURS"
    private static let version: UInt16 = 1

    /// - Parameter isDurable: `save` waits for the disk.
    public init(path: String, isDurable: Bool) {
        self.path = path
        self.isDurable = isDurable
    }

    public func save(_ cursor: Cursor) throws(OperationError) {
        var buffer = ByteBuffer()
        buffer.append(bigEndian: Self.magic)
        buffer.append(bigEndian: Self.version)
        buffer.append(bigEndian: UInt16(cursor.positions.count))
        for (name, position) in cursor.positions.sorted(by: { $0.key < $1.key }) {
            buffer.append(short: name)
            buffer.append(bigEndian: position.segment)
            buffer.append(bigEndian: position.offset)
            buffer.append(bigEndian: position.record)
        }
        buffer.append(bigEndian: UInt32(cursor.state.count))
        cursor.state.withBytes { buffer.append($0) }
        let crc = Frame.checksum(buffer.bytes)
        buffer.append(bigEndian: crc)
        try FileSystem.replaceFile(path, with: buffer.bytes, isDurable: isDurable)
    }

    /// - Returns: `nil` when there is no file.
    /// - Throws: `journalOpenFailed` when the file is not a cursor.
    public func load() throws(OperationError) -> Cursor? {
        guard FileSystem.kind(of: path) != nil else { return nil }
        let content = try FileSystem.readFile(path)
        guard let cursor = content.withBytes({ Self.decode($0) }) else {
            throw OperationError(
                .journalOpenFailed, call: "read", target: path,
                reason: "this is no cursor or it is damaged; move it away to deliver from the "
                    + "oldest record again", canRetry: false)
        }
        return cursor
    }

    private static func decode(_ bytes: RawSpan) -> Cursor? {
        guard bytes.byteCount >= 20,
            bytes.uint32(at: bytes.byteCount - 4)
                == Frame.checksum(bytes.extracting(0..<bytes.byteCount - 4))
        else { return nil }
        var reader = ByteReader(bytes)
        guard reader.readUInt64() == magic, reader.readUInt16() == version,
            let count = reader.readUInt16()
        else { return nil }
        var cursor = Cursor()
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
        return cursor
    }
}
