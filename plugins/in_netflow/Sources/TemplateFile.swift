import Core
import System

/// The templates of one stream as they outlive the process.
struct StoredStream: Equatable {
    struct Announcement: Equatable {
        var isOptions: Bool
        /// When it was announced last, seconds since 1970.
        var lastSeen: Int64
        /// The record of the template set, its id first.
        var definition: [UInt8]
    }

    var key: DomainKey
    /// Of the last message's header: they tell whether the exporter was started again since.
    var uptime: UInt32
    /// Seconds since 1970.
    var exported: Int64
    var sequence: UInt32
    var templates: [Announcement]
}

extension StoredStream {
    /// Two readings of one clock may differ by so many milliseconds.
    private static let tolerance: Int64 = 60_000

    /// Whether the exporter was started again before the message with this header: a template id
    /// may mean something else since.
    func tellsRestart(_ header: MessageHeader) -> Bool {
        guard key.flowProtocol != .ipfix else {
            return Int32(bitPattern: header.sequence &- sequence) < 0
        }
        // When it was started, modulo the 2³² milliseconds at which the uptime begins anew.
        let before = UInt32(truncatingIfNeeded: exported &* 1000) &- uptime
        let now = UInt32(truncatingIfNeeded: header.exported.seconds &* 1000) &- header.uptime
        return abs(Int64(Int32(bitPattern: now &- before))) > Self.tolerance
    }
}

/// The file of an input's templates.
///
/// All numbers are big-endian. Magic 8, version 2, stream count 4; each stream: exporter 16,
/// port 2, protocol 2, domain 4, uptime 4, exported 8, sequence 4, template count 4; each template:
/// kind 1 (1 options), last seen 8, definition (u16 length). Last, CRC32C 4 of all before.
enum TemplateFile {
    private static let magic: UInt64 = 0x4341_5443_4854_504c  // "CATCHTPL"
    private static let version: UInt16 = 1

    static func encode(_ streams: [StoredStream]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.append(bigEndian: magic)
        buffer.append(bigEndian: version)
        buffer.append(bigEndian: UInt32(streams.count))
        for stream in streams {
            buffer.append(bigEndian: stream.key.exporter.high)
            buffer.append(bigEndian: stream.key.exporter.low)
            buffer.append(bigEndian: stream.key.port)
            buffer.append(bigEndian: stream.key.flowProtocol.rawValue)
            buffer.append(bigEndian: stream.key.domain)
            buffer.append(bigEndian: stream.uptime)
            buffer.append(bigEndian: stream.exported)
            buffer.append(bigEndian: stream.sequence)
            buffer.append(bigEndian: UInt32(stream.templates.count))
            for template in stream.templates {
                buffer.append(template.isOptions ? 1 : 0)
                buffer.append(bigEndian: template.lastSeen)
                buffer.append(bigEndian: UInt16(template.definition.count))
                template.definition.withBytes { buffer.append($0) }
            }
        }
        let checksum = Checksum.crc32c(buffer.bytes)
        buffer.append(bigEndian: checksum)
        return buffer
    }

    /// - Returns: `nil` when the bytes are no such file, of another version or damaged.
    static func decode(_ bytes: RawSpan) -> [StoredStream]? {
        let end = bytes.byteCount - 4
        guard end >= 0, bytes.uint32(at: end) == Checksum.crc32c(bytes.extracting(0..<end)) else {
            return nil
        }
        var reader = ByteReader(bytes.extracting(0..<end))
        guard reader.readUInt64() == magic, reader.readUInt16() == version,
            let count = reader.readUInt32()
        else { return nil }
        var streams: [StoredStream] = []
        for _ in 0..<count {
            guard let stream = readStream(&reader) else { return nil }
            streams.append(stream)
        }
        return streams
    }

    private static func readStream(_ reader: inout ByteReader) -> StoredStream? {
        guard let high = reader.readUInt64(), let low = reader.readUInt64(),
            let port = reader.readUInt16(), let number = reader.readUInt16(),
            let flowProtocol = FlowProtocol(rawValue: number), let domain = reader.readUInt32(),
            let uptime = reader.readUInt32(), let exported = reader.readUInt64(),
            let sequence = reader.readUInt32(), let count = reader.readUInt32()
        else { return nil }
        var stream = StoredStream(
            key: DomainKey(
                exporter: IPAddress(high: high, low: low), port: port, domain: domain,
                flowProtocol: flowProtocol),
            uptime: uptime, exported: Int64(bitPattern: exported), sequence: sequence,
            templates: [])
        for _ in 0..<count {
            guard let kind = reader.readUInt8(), let lastSeen = reader.readUInt64(),
                let definition = reader.readShort()
            else { return nil }
            stream.templates.append(
                StoredStream.Announcement(
                    isOptions: kind == 1, lastSeen: Int64(bitPattern: lastSeen),
                    definition: definition.makeArray()))
        }
        return stream
    }
}
