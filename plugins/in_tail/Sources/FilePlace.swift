import Core

/// How far a file has been read, as the journal keeps it.
struct FilePlace: Equatable {
    private static let version: UInt8 = 1

    /// Behind the last line that was submitted; of a compressed file, in its text.
    var offset = 0
    /// Whether `offset` lies inside a line that is too long and was handed on in pieces.
    var isInsideLongLine = false
    /// Whether nothing can follow: a compressed file that was read to its end.
    var isComplete = false
    var fingerprint = Fingerprint.empty
    /// Where the file was seen last; to look for it under another name.
    var path = ""
    /// Behind the last line that was submitted, by lane of the file's `LineJoiner`; empty when that
    /// is `offset` for all lanes.
    var lanes: [Int] = []

    /// Version 8 bits, flags 8, offset 64, fingerprint's length 16 and hash 64, path; with flag 4
    /// the number of lanes 8 and 64 for each.
    var bytes: [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(Self.version)
        buffer.append((isInsideLongLine ? 1 : 0) | (isComplete ? 2 : 0) | (lanes.isEmpty ? 0 : 4))
        buffer.append(bigEndian: UInt64(offset))
        buffer.append(bigEndian: UInt16(fingerprint.length))
        buffer.append(bigEndian: fingerprint.hash)
        buffer.append(short: path)
        if !lanes.isEmpty {
            buffer.append(UInt8(lanes.count))
            for lane in lanes { buffer.append(bigEndian: UInt64(lane)) }
        }
        return buffer.bytes.makeArray()
    }

    init() {}

    /// - Returns: `nil` for bytes that another version wrote.
    init?(_ bytes: [UInt8]) {
        let place = bytes.withBytes { bytes -> FilePlace? in
            var reader = ByteReader(bytes)
            guard reader.readUInt8() == Self.version, let flags = reader.readUInt8(),
                let offset = reader.readUInt64(), let length = reader.readUInt16(),
                let hash = reader.readUInt64(), let path = reader.readShort()
            else { return nil }
            var place = FilePlace()
            place.offset = Int(clamping: offset)
            place.isInsideLongLine = flags & 1 != 0
            place.isComplete = flags & 2 != 0
            place.fingerprint = Fingerprint(length: Int(length), hash: hash)
            place.path = path.makeString()
            if flags & 4 == 0 { return place }
            guard let count = reader.readUInt8() else { return nil }
            for _ in 0..<count {
                guard let lane = reader.readUInt64() else { return nil }
                place.lanes.append(Int(clamping: lane))
            }
            return place
        }
        guard let place else { return nil }
        self = place
    }
}
