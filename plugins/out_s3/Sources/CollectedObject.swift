import Core
import ObjectStore

/// An object that is being made: records are collected, then parts or the whole are sent.
final class CollectedObject {
    /// Which records it takes.
    struct Place: Hashable {
        var source: Int
        var partition: String
    }

    /// Bytes on their way to the store.
    struct Part {
        var number: Int
        var payload: Payload
        /// Whether a request with it is under way.
        var isUnderWay = false
    }

    let place: Place
    /// Number of its first record in the journal.
    let start: UInt64
    /// Behind its last record.
    private(set) var end: UInt64
    private(set) var count: UInt64 = 0
    /// Event time of its first record.
    let time: Timestamp
    /// When it was begun, on the wall clock.
    let opened: Timestamp
    /// Grows with each use; the smallest was used longest ago.
    var lastUse = 0

    /// Records that are not packed yet.
    var records = ByteBuffer()
    /// Packed bytes that are in no part yet, and before them those that make whole parts.
    private var packed = PayloadDraft()
    private var whole: [Payload] = []
    /// Bytes of a part; `nil` when the object goes out in one.
    private let partSize: Int?
    private var recordBytes = 0
    private(set) var packedBytes = 0

    /// Set when it is decided what becomes of it, and kept from then on.
    var key: String?
    var isMultipart = false
    /// Whether nothing is added any more.
    private(set) var isSealed = false
    /// Whether the store has it; it stays until those before it in its place are delivered, too.
    var isDone = false
    /// What an earlier process, or attempt, had decided.
    let plan: S3State.Plan?

    var upload: String?
    /// Whether the upload is being begun or completed.
    var isUnderWay = false
    /// What the parts of the upload come with, as it was begun.
    var checksum: ObjectChecksum.Algorithm?
    private(set) var waiting: [Part] = []
    private(set) var stored: [StoredPart] = []
    private var partCount = 0
    /// Bytes of parts that the store has.
    private(set) var storedBytes = 0

    init(
        place: Place, start: UInt64, time: Timestamp, opened: Timestamp, plan: S3State.Plan?,
        partSize: Int?
    ) {
        self.partSize = partSize
        self.place = place
        self.start = start
        self.time = time
        self.opened = opened
        self.plan = plan
        end = start
        key = plan?.key
        isMultipart = plan?.isMultipart ?? false
    }

    /// Counts records that were written behind `records` as JSON.
    ///
    /// - Parameters:
    ///   - rowBytes: bytes of their rows.
    ///   - size: bytes that the object should have, packed.
    func add(
        count: Int, rowBytes: Int, endingAt end: UInt64, upTo size: Int,
        _ packer: inout ObjectPacker
    ) throws(OperationError) {
        self.count += UInt64(count)
        self.end = end
        uncheckedBytes += rowBytes
        if records.count >= packer.pieceLength { try pack(&packer) }
        // Looking more often would make objects of a few records when they should be small.
        guard uncheckedBytes >= Self.checkBytes else { return }
        uncheckedBytes = 0
        isLong = try hasReached(size, &packer)
    }

    /// Bytes of rows after which an object looks whether it is long enough.
    private static let checkBytes = 16 << 10
    private var uncheckedBytes = 0
    /// Whether it was found to be long enough.
    private(set) var isLong = false
    /// Whether records may be added.
    var takesRecords = true

    /// Whether it is long enough, measured by what is packed and not by a guess.
    func hasReached(_ size: Int, _ packer: inout ObjectPacker) throws(OperationError) -> Bool {
        if expectedBytes < size { return false }
        try pack(&packer)
        // Better a little too short than one small piece after the other.
        return packedBytes >= size - size / 20
    }

    private func pack(_ packer: inout ObjectPacker) throws(OperationError) {
        if records.isEmpty { return }
        try packer.pack(records) { keep($0) }
        recordBytes += records.count
        records.removeAll(keepingAtMost: packer.keptLength)
    }

    /// Takes packed bytes, in parts of one size, as some stores want them.
    private func keep(_ bytes: RawSpan) {
        packedBytes += bytes.byteCount
        var offset = 0
        while offset < bytes.byteCount {
            let room = partSize.map { $0 - packed.count } ?? .max
            let count = min(room, bytes.byteCount - offset)
            packed.append(bytes.extracting(offset..<offset + count))
            offset += count
            if count == room { whole.append(packed.finish()) }
        }
    }

    /// Bytes in memory.
    var heldBytes: Int {
        records.count + packed.count + whole.reduce(0) { $0 + $1.count }
            + waiting.reduce(0) { $0 + $1.payload.count }
    }

    /// Of them, those that are parts of an upload or may become one; small objects are many, and
    /// have a limit of their own.
    var bodyBytes: Int {
        guard let partSize, packedBytes > partSize / 8 else { return 0 }
        return heldBytes - records.count
    }

    /// Bytes that it will have, with what is not packed yet at the ratio so far.
    var expectedBytes: Int {
        guard recordBytes > 0 else { return records.count }
        return packedBytes + Int(Double(records.count) * Double(packedBytes) / Double(recordBytes))
    }

    /// Nothing is added any more.
    func seal(_ packer: inout ObjectPacker) throws(OperationError) {
        if isSealed { return }
        try pack(&packer)
        isSealed = true
    }

    /// Makes parts of what is whole, and of the rest when it is sealed.
    func cut() {
        guard isMultipart || isSealed else { return }
        for payload in whole { addPart(payload) }
        whole.removeAll()
        if isSealed, packed.count > 0 || partCount == 0 { addPart(packed.finish()) }
    }

    private func addPart(_ payload: Payload) {
        partCount += 1
        waiting.append(Part(number: partCount, payload: payload))
    }

    /// A request with a part begins, or has failed.
    func setUnderWay(_ number: Int, _ isUnderWay: Bool) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting[index].isUnderWay = isUnderWay
    }

    /// The store has a part.
    func confirm(_ number: Int, etag: String, checksum: ObjectChecksum?) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        storedBytes += waiting[index].payload.count
        waiting.remove(at: index)
        stored.append(StoredPart(number: number, etag: etag, checksum: checksum))
        stored.sort { $0.number < $1.number }
    }
}
