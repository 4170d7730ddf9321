import Core

/// What the output must know to go on exactly where it was: kept by the engine with the cursor.
struct S3State: Equatable {
    /// An object that was decided on before its first byte was sent.
    struct Plan: Equatable {
        var source: String
        var partition: String
        var key: String
        /// Number of its first record in the journal.
        var start: UInt64
        /// Behind its last record; `nil` while it is collected.
        var end: UInt64?
        /// Records in it, when `end` is known.
        var count: UInt64
        var isMultipart: Bool
        /// The store's number of the upload, when it is known.
        var upload: String?
        /// Event time of the first record.
        var time: Timestamp
    }

    /// Records of a partition before `end` are delivered.
    struct Delivered: Equatable {
        var source: String
        var partition: String
        var end: UInt64
    }

    /// Drawn once, so that two agents never make the same key.
    var identity: UInt64 = 0
    /// The number of the next object, for `$INDEX`.
    var index: UInt64 = 0
    /// Tells another key format, which makes other partitions.
    var fingerprint: UInt64 = 0
    /// Records of a source before this number are delivered.
    var floors: [String: UInt64] = [:]
    var delivered: [Delivered] = []
    var plans: [Plan] = []

    private static let version: UInt8 = 1

    init() {}

    func encoded() -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(Self.version)
        for number in [identity, index, fingerprint] { buffer.append(bigEndian: number) }
        buffer.append(bigEndian: UInt32(floors.count))
        for (source, floor) in floors.sorted(by: { $0.key < $1.key }) {
            buffer.append(short: source)
            buffer.append(bigEndian: floor)
        }
        buffer.append(bigEndian: UInt32(delivered.count))
        for one in delivered {
            buffer.append(short: one.source)
            buffer.append(short: one.partition)
            buffer.append(bigEndian: one.end)
        }
        buffer.append(bigEndian: UInt32(plans.count))
        for plan in plans {
            for text in [plan.source, plan.partition, plan.key, plan.upload ?? ""] {
                buffer.append(short: text)
            }
            buffer.append(plan.isMultipart ? 1 : 0)
            for number in [plan.start, plan.end ?? .max, plan.count] {
                buffer.append(bigEndian: number)
            }
            buffer.append(bigEndian: plan.time.nanoseconds)
        }
        return buffer.bytes.makeArray()
    }

    /// - Returns: `nil` when the bytes are no state.
    init?(_ bytes: [UInt8]) {
        if bytes.isEmpty { return }
        let isSound = bytes.withBytes { read($0) }
        if !isSound { return nil }
    }

    private mutating func read(_ bytes: RawSpan) -> Bool {
        var reader = ByteReader(bytes)
        guard reader.readUInt8() == Self.version, let identity = reader.readUInt64(),
            let index = reader.readUInt64(), let fingerprint = reader.readUInt64(),
            let floorCount = reader.readUInt32()
        else { return false }
        self.identity = identity
        self.index = index
        self.fingerprint = fingerprint
        for _ in 0..<floorCount {
            guard let source = reader.readShort(), let floor = reader.readUInt64() else {
                return false
            }
            floors[source.makeString()] = floor
        }
        guard let deliveredCount = reader.readUInt32() else { return false }
        for _ in 0..<deliveredCount {
            guard let source = reader.readShort(), let partition = reader.readShort(),
                let end = reader.readUInt64()
            else { return false }
            delivered.append(
                Delivered(
                    source: source.makeString(), partition: partition.makeString(), end: end))
        }
        guard let planCount = reader.readUInt32() else { return false }
        for _ in 0..<planCount {
            guard let plan = Self.readPlan(&reader) else { return false }
            plans.append(plan)
        }
        return true
    }

    private static func readPlan(_ reader: inout ByteReader) -> Plan? {
        guard let source = reader.readShort(), let partition = reader.readShort(),
            let key = reader.readShort(), let upload = reader.readShort(),
            let kind = reader.readUInt8(), let start = reader.readUInt64(),
            let end = reader.readUInt64(), let count = reader.readUInt64(),
            let time = reader.readUInt64()
        else { return nil }
        return Plan(
            source: source.makeString(), partition: partition.makeString(),
            key: key.makeString(), start: start, end: end == .max ? nil : end, count: count,
            isMultipart: kind == 1, upload: upload.byteCount == 0 ? nil : upload.makeString(),
            time: Timestamp(nanoseconds: Int64(bitPattern: time)))
    }
}
