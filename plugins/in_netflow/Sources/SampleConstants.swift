import Core

/// What all samples of an sFlow datagram have in common: the constants of their runs.
struct SampleConstants: ~Copyable {
    /// Without the agent's name.
    static let byteCount = 58
    /// Bytes of an agent's name, padded with NUL.
    static let nameLimit = FlowConstants.nameLimit
    static let namedByteCount = byteCount + nameLimit

    static let received = Column.Place.constant(offset: 0, length: 8)
    static let agent = Column.Place.constant(offset: 8, length: 16)
    static let peer = Column.Place.constant(offset: 24, length: 16)
    static let subAgent = Column.Place.constant(offset: 40, length: 4)
    static let sequence = Column.Place.constant(offset: 44, length: 4)
    static let uptime = Column.Place.constant(offset: 48, length: 4)
    static let peerPort = Column.Place.constant(offset: 52, length: 2)
    /// From the configuration.
    static let samplingRate = Column.Place.constant(offset: 54, length: 4)
    static let name = Column.Place.constant(offset: byteCount, length: nameLimit)

    private var block: ByteBuffer
    private var storedName: [UInt8] = []

    init() {
        block = ByteBuffer(capacity: Self.namedByteCount)
        block.append(repeating: 0, count: Self.namedByteCount)
    }

    mutating func set(_ header: MessageHeader, agent: IPAddress, _ source: PayloadSource) {
        block.store(bigEndian: source.received.nanoseconds, at: 0)
        block.store(bigEndian: agent.high, at: 8)
        block.store(bigEndian: agent.low, at: 16)
        block.store(bigEndian: source.peer.address.high, at: 24)
        block.store(bigEndian: source.peer.address.low, at: 32)
        block.store(bigEndian: header.domain, at: 40)
        block.store(bigEndian: header.sequence, at: 44)
        block.store(bigEndian: header.uptime, at: 48)
        block.store(bigEndian: source.peer.port, at: 52)
    }

    mutating func set(_ profile: ExporterProfile) {
        block.store(bigEndian: profile.sampling, at: 54)
        if profile.name.isEmpty || profile.name == storedName { return }
        storedName = profile.name
        for index in 0..<Self.nameLimit {
            block.store(
                bigEndian: index < profile.name.count ? profile.name[index] : 0,
                at: Self.byteCount + index)
        }
    }

    func beginRun(_ shape: Shape, of batch: inout RecordBatch) {
        batch.beginRun(shape, constants: block.bytes.extracting(0..<shape.constantsLength))
    }
}
