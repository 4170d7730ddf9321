public import Core

/// A listener for messages by datagram or by stream, whichever its address says.
public final class MessageListener: Sendable {
    /// What both kinds of listeners can be told.
    public struct Options: Sendable {
        public var datagram = DatagramListener.Options()
        public var stream = StreamListener.Options()

        public init() {}

        /// Bytes of the receive buffer.
        public mutating func setReceiveBuffer(_ bytes: Int?) {
            datagram.receiveBuffer = bytes
            stream.receiveBuffer = bytes
        }

        /// Lets the handler tend to what it keeps, once a second.
        public mutating func setTended() {
            datagram.isTended = true
            stream.isTended = true
        }

        /// Pause after a round of receiving that brought little.
        public mutating func setCoalesce(nanoseconds: Int64) {
            // Less than the clock of `poll` can wait still means a pause.
            let milliseconds = Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
            datagram.coalesceMilliseconds = milliseconds
            stream.coalesceMilliseconds = milliseconds
        }

        /// Mode bits of a unix socket.
        public mutating func setUnixPermissions(_ bits: UInt32) {
            datagram.unixPermissions = bits
            stream.unixPermissions = bits
        }
    }

    private enum Kind: Sendable {
        case datagram(DatagramListener)
        case stream(StreamListener)
    }

    private let kind: Kind

    /// Opens the socket: a stream for TCP, TLS and unix stream sockets, else one for datagrams.
    public init(
        _ address: ListenAddress, options: Options, log: Log
    ) throws(OperationError) {
        if address.isStream {
            kind = .stream(try StreamListener(address, options: options.stream, log: log))
        } else {
            kind = .datagram(try DatagramListener(address, options: options.datagram, log: log))
        }
    }

    /// Where the socket is bound; tells the port when 0 was asked for.
    public var localEndpoint: Endpoint {
        switch kind {
        case .datagram(let listener): listener.localEndpoint
        case .stream(let listener): listener.localEndpoint
        }
    }

    /// Receives until stopped, decodes every message and submits the records of each round.
    public func run(
        _ decoder: some MessageDecoder, into sink: any BatchSink
    ) throws(OperationError) {
        var collector = BatchCollector(decoder: decoder, sink: sink)
        try run(&collector, ledger: sink.ledger)
    }

    /// Lets a decoder finish, and submits what it had kept for later.
    static func flush(_ decoder: some MessageDecoder, into sink: any BatchSink) {
        var batch = RecordBatch(tag: sink.tag)
        batch.received = Timestamp.now()
        decoder.finish(into: &batch)
        if !batch.isEmpty { sink.submit(&batch) }
    }

    /// Receives until stopped and gives every payload to a handler.
    ///
    /// - Parameter ledger: gets the datagrams that the kernel dropped.
    public func run<Handler: PayloadHandler & ~Copyable>(
        _ handler: inout Handler, ledger: SourceLedger
    ) throws(OperationError) {
        switch kind {
        case .datagram(let listener): try listener.run(&handler, ledger: ledger)
        case .stream(let listener): try listener.run(&handler)
        }
    }

    /// Makes `run` return soon.
    public func stop() {
        switch kind {
        case .datagram(let listener): listener.stop()
        case .stream(let listener): listener.stop()
        }
    }
}

/// A decoder that is also told about messages that came in pieces or not at all.
public protocol MessageDecoder: PayloadDecoder {
    /// Decodes what is left of a message that was cut.
    func decodeTruncated(
        _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch)

    /// Counts something wrong with a sender's framing or connection.
    func note(_ problem: ErrorCode, from source: PayloadSource)

    /// Learns more of the sender of a connection, before its first message.
    func beginSession(of source: PayloadSource, as identity: ConnectionIdentity)

    /// Forgets what belongs to a connection that ended.
    func endSession(of source: PayloadSource)

    /// Does what is done once for all messages of a round of receiving.
    func endRound()

    /// Does what is not done per message, when the listener was told to have it done.
    func tend(at now: Timestamp, into batch: inout RecordBatch)
}

extension MessageDecoder {
    public func decodeTruncated(
        _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        decode(payload, from: source, into: &batch)
    }

    public func beginSession(of source: PayloadSource, as identity: ConnectionIdentity) {}

    public func endSession(of source: PayloadSource) {}

    public func endRound() {}

    public func tend(at now: Timestamp, into batch: inout RecordBatch) {}
}

/// Collects the records of one round of receiving in a batch and submits it.
public struct BatchCollector<Decoder: MessageDecoder>: PayloadHandler, ~Copyable {
    private let decoder: Decoder
    private let sink: any BatchSink
    private var batch: RecordBatch

    public init(decoder: Decoder, sink: any BatchSink) {
        self.decoder = decoder
        self.sink = sink
        batch = RecordBatch(tag: sink.tag)
    }

    public mutating func receive(_ payload: RawSpan, from source: PayloadSource) {
        if batch.isEmpty { batch.received = source.received }
        decoder.decode(payload, from: source, into: &batch)
        submitWhenLarge()
    }

    public mutating func receiveTruncated(_ payload: RawSpan, from source: PayloadSource) {
        if batch.isEmpty { batch.received = source.received }
        decoder.decodeTruncated(payload, from: source, into: &batch)
        submitWhenLarge()
    }

    public mutating func note(_ problem: ErrorCode, from source: PayloadSource) {
        decoder.note(problem, from: source)
    }

    public mutating func began(_ source: PayloadSource, as identity: ConnectionIdentity) {
        decoder.beginSession(of: source, as: identity)
    }

    public mutating func ended(_ source: PayloadSource) { decoder.endSession(of: source) }

    public mutating func tend(at now: Timestamp) {
        if batch.isEmpty { batch.received = now }
        decoder.tend(at: now, into: &batch)
        endBatch()
    }

    public mutating func endBatch() {
        decoder.endRound()
        if !batch.isEmpty { sink.submit(&batch) }
    }

    /// A round of long messages is handed on in parts, to bound memory.
    private mutating func submitWhenLarge() {
        if batch.bytes.byteCount >= 1 << 20 { sink.submit(&batch) }
    }
}
