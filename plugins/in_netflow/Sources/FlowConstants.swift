import Core

/// What all records of a data set have in common: the constants of a run.
///
/// One block is kept and rewritten for every message and set.
struct FlowConstants: ~Copyable {
    /// Without the exporter's name, which only records of named exporters have.
    static let byteCount = 84
    /// Bytes of an exporter's name, padded with NUL.
    static let nameLimit = 64
    static let namedByteCount = byteCount + nameLimit

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
    static let peer = Column.Place.constant(offset: 60, length: 16)
    /// When the message was exported, as exact as uptimes tell.
    static let clock = Column.Place.constant(offset: 76, length: 8)
    static let name = Column.Place.constant(offset: byteCount, length: nameLimit)

    private var block: ByteBuffer
    private var peer = IPAddress.any
    /// What was stored last: most messages in a row come from one exporter.
    private var storedName: [UInt8] = []

    init() {
        block = ByteBuffer(capacity: Self.namedByteCount)
        block.append(repeating: 0, count: Self.namedByteCount)
    }

    mutating func setSource(_ source: PayloadSource) {
        peer = source.peer.address
        block.store(bigEndian: source.received.nanoseconds, at: 0)
        store(peer, at: 16)
        store(peer, at: 60)
        block.store(bigEndian: source.peer.port, at: 56)
    }

    mutating func setMessage(_ header: MessageHeader) {
        block.store(bigEndian: header.exported.nanoseconds, at: 8)
        block.store(bigEndian: header.domain, at: 40)
        block.store(bigEndian: header.sequence, at: 44)
        block.store(bigEndian: header.uptime, at: 48)
        block.store(bigEndian: header.clock.nanoseconds, at: 76)
    }

    /// - Parameter bootTime: milliseconds since 1970.
    mutating func setTemplate(_ id: UInt16, samplingRate: UInt32, bootTime: UInt64) {
        block.store(bigEndian: bootTime, at: 32)
        block.store(bigEndian: samplingRate, at: 52)
        block.store(bigEndian: id, at: 58)
    }

    /// Whose records a mediator passes on; `nil` when it has not told.
    mutating func setExporter(_ address: IPAddress?) { store(address ?? peer, at: 16) }

    /// - Parameter name: at most `nameLimit` bytes.
    mutating func setName(_ name: [UInt8]) {
        if name == storedName { return }
        storedName = name
        for index in 0..<Self.nameLimit {
            block.store(
                bigEndian: index < name.count ? name[index] : 0, at: Self.byteCount + index)
        }
    }

    private mutating func store(_ address: IPAddress, at offset: Int) {
        block.store(bigEndian: address.high, at: offset)
        block.store(bigEndian: address.low, at: offset + 8)
    }

    /// Appends records of fixed length as one run.
    func append(_ rows: RawSpan, count: Int, shape: Shape, to batch: inout RecordBatch) {
        batch.append(
            rows: rows, count: count, shape: shape,
            constants: block.bytes.extracting(0..<shape.constantsLength))
    }

    /// Starts a run that rows are added to one by one.
    func beginRun(_ shape: Shape, of batch: inout RecordBatch) {
        batch.beginRun(shape, constants: block.bytes.extracting(0..<shape.constantsLength))
    }
}
