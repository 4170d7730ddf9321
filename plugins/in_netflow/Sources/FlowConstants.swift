import Core

/// What all records of a data set have in common: the constants of a run.
///
/// One block is kept and rewritten for every message and set.
struct FlowConstants: ~Copyable {
    static let byteCount = 60

    static let received = Column.Place.constant(offset: 0, length: 8)
    static let exported = Column.Place.constant(offset: 8, length: 8)
    static let exporter = Column.Place.constant(offset: 16, length: 16)
    static let bootTime = Column.Place.constant(offset: 32, length: 8)
    static let domain = Column.Place.constant(offset: 40, length: 4)
    static let sequence = Column.Place.constant(offset: 44, length: 4)
    static let uptime = Column.Place.constant(offset: 48, length: 4)
    static let samplingRate = Column.Place.constant(offset: 52, length: 4)
    static let peerPort = Column.Place.constant(offset: 56, length: 2)
    static let templateID = Column.Place.constant(offset: 58, length: 2)

    private var block: ByteBuffer

    init() {
        block = ByteBuffer(capacity: Self.byteCount)
        block.append(repeating: 0, count: Self.byteCount)
    }

    mutating func setSource(_ source: PayloadSource) {
        block.store(bigEndian: source.received.nanoseconds, at: 0)
        block.store(bigEndian: source.peer.address.high, at: 16)
        block.store(bigEndian: source.peer.address.low, at: 24)
        block.store(bigEndian: source.peer.port, at: 56)
    }

    mutating func setMessage(_ header: MessageHeader) {
        block.store(bigEndian: header.exported.nanoseconds, at: 8)
        block.store(bigEndian: header.domain, at: 40)
        block.store(bigEndian: header.sequence, at: 44)
        block.store(bigEndian: header.uptime, at: 48)
    }

    /// - Parameter bootTime: milliseconds since 1970.
    mutating func setTemplate(_ id: UInt16, samplingRate: UInt32, bootTime: UInt64) {
        block.store(bigEndian: bootTime, at: 32)
        block.store(bigEndian: samplingRate, at: 52)
        block.store(bigEndian: id, at: 58)
    }

    /// Appends records of fixed length as one run.
    func append(_ rows: RawSpan, count: Int, shape: Shape, to batch: inout RecordBatch) {
        batch.append(rows: rows, count: count, shape: shape, constants: block.bytes)
    }

    /// Starts a run that rows are added to one by one.
    func beginRun(_ shape: Shape, of batch: inout RecordBatch) {
        batch.beginRun(shape, constants: block.bytes)
    }
}
