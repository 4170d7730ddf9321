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
    /// Packed bytes that are in no part yet.
    private var packed = ByteBuffer()
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
    /// What the parts of the upload come with, as it was begun.
    var checksum: ObjectChecksum.Algorithm?
    private(set) var waiting: [Part] = []
    private(set) var stored: [StoredPart] = []
    private var partCount = 0
    /// Bytes of parts that the store has.
    private(set) var storedBytes = 0

    init(place: Place, start: UInt64, time: Timestamp, opened: Timestamp, plan: S3State.Plan?) {
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
    func add(
        count: Int, endingAt end: UInt64, _ packer: inout ObjectPacker
    ) throws(OperationError) {
        self.count += UInt64(count)
        self.end = end
        if records.count >= packer.pieceLength { try pack(&packer) }
    }

    /// Whether it is long enough, measured by what is packed and not by a guess.
    func hasReached(_ size: Int, _ packer: inout ObjectPacker) throws(OperationError) -> Bool {
        if expectedBytes < size { return false }
        try pack(&packer)
        return packedBytes >= size
    }

    private func pack(_ packer: inout ObjectPacker) throws(OperationError) {
        if records.isEmpty { return }
        let before = packed.count
        try packer.pack(records, into: &packed)
        recordBytes += records.count
        packedBytes += packed.count - before
        records.removeAll(keepingAtMost: 64 << 10)
    }

    /// Bytes in memory.
    var heldBytes: Int {
        records.count + packed.count + waiting.reduce(0) { $0 + $1.payload.count }
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

    /// Cuts what is packed into parts of one size, as some stores want them, and the rest when it
    /// is sealed.
    func cut(_ partSize: Int) {
        guard isMultipart else {
            if isSealed, partCount == 0 {
                addPart(packed.bytes)
                packed = ByteBuffer()
            }
            return
        }
        var offset = 0
        while packed.count - offset >= partSize {
            addPart(packed.bytes.extracting(offset..<offset + partSize))
            offset += partSize
        }
        if isSealed, packed.count > offset || partCount == 0 {
            addPart(packed.bytes.extracting(offset..<packed.count))
            offset = packed.count
        }
        guard offset > 0 else { return }
        var rest = ByteBuffer(capacity: partSize)
        rest.append(packed.bytes.extracting(offset..<packed.count))
        packed = rest
    }

    private func addPart(_ bytes: RawSpan) {
        partCount += 1
        waiting.append(Part(number: partCount, payload: Payload(bytes)))
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
