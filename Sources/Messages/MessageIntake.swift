public import Core
public import Net
import Parsers

/// Takes the messages of one socket: from whom they may come, how many, in which character set and
/// with which parser they are read, and what their records say about their senders.
///
/// Every message becomes a record, or is counted under its sender with a reason.
public final class MessageIntake: MessageDecoder {
    private let options: MessageOptions
    /// By treatment; the first is the input's own.
    private let readers: [MessageReader]
    private let own: MessageReader
    private var senders: SenderTable
    /// Who sent last.
    private var run: SenderRun

    private var open = OpenEntries()
    private let log: Log

    private var text = PlainText()
    private var parsed = RecordBatch()
    private var remarkWriter = RemarkWriter()
    private var origins = OriginFinder()

    /// - Parameter makeReader: the reader for each treatment that the options name.
    public init(
        _ options: MessageOptions, ledger: SourceLedger, log: Log = .silent,
        makeReader: (Treatment) -> MessageReader
    ) {
        self.options = options
        own = makeReader(Treatment())
        readers = [own] + options.sources.treatments.dropFirst().map(makeReader)
        for reader in readers {
            if let kinds = reader.kinds { ledger.add(kinds) }
        }
        ledger.setLimit(options.senderLimit)
        senders = SenderTable(options, ledger: ledger)
        run = senders.nobody
        self.log = log
    }

    // MARK: Messages

    public func decode(
        _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        take(payload, isTruncated: false, from: source, into: &batch)
    }

    public func decodeTruncated(
        _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        take(payload, isTruncated: true, from: source, into: &batch)
    }

    /// Takes nearly all messages the short way: of senders about whom there is nothing to say.
    @inline(__always)
    private func take(
        _ payload: RawSpan, isTruncated: Bool, from source: PayloadSource,
        into batch: inout RecordBatch
    ) {
        let length = LineEnding.contentLength(of: payload)
        let message = payload.extracting(0..<length)
        if !run.isOf(source) { begin(source) }
        guard run.isOrdinary, length > 0, length <= options.messageLimit,
            UTF8Text.isValid(message)
        else {
            takeSpecial(payload, isTruncated, source, run.sender, into: &batch)
            return
        }
        let outcome = own.decode(
            message, isTruncated: isTruncated, from: source, of: run.sender, into: &batch)
        run.count(payloadBytes: payload.byteCount, records: outcome.records)
        if !outcome.isPlain { note(outcome, of: run.sender, MessageRemarks()) }
    }

    /// Takes note of what is not so with nearly all messages.
    private func note(
        _ outcome: MessageOutcome, of sender: MessageSender, _ remarks: MessageRemarks
    ) {
        if outcome.records == 0 { open.add(sender, remarks) }
        if let problem = outcome.problem { sender.counters.count(problem) }
        if let sequence = outcome.sequence { sender.follow(sequence) }
        guard outcome.isFirstDebug else { return }
        let code = ErrorCode.routerosDebugTopics
        sender.counters.count(code)
        log.warning(
            "\(sender.counters.name) sends debug topics (\(code.text)), which may tell keys and passwords"
        )
    }

    public func endRound() { settle() }

    /// Finds out who sent a message.
    private func takeSpecial(
        _ payload: RawSpan, _ isTruncated: Bool, _ source: PayloadSource,
        _ peer: MessageSender, into batch: inout RecordBatch
    ) {
        var arrival = Arrival(source: source, sender: peer, isTruncated: isTruncated)
        if let session = senders.session(of: source) {
            arrival.sender = session.sender
            arrival.remarks.relay = session.identity.relay
            arrival.remarks.certificateName = session.identity.certificateName
        } else if options.readsProxyHeaders, peer.isRelay, !source.transport.isConnection {
            switch ProxyHeader.read(payload) {
            case .header(let header):
                let rest = payload.extracting(header.length..<payload.byteCount)
                if let origin = header.origin {
                    arrival.remarks.relay = source.peer.address
                    arrival.source.peer = origin
                    arrival.sender = sender(of: arrival.source)
                } else if rest.isEmpty {
                    // The balancer's own, to see whether somebody is there.
                    peer.counters.count(payloadBytes: payload.byteCount, records: 0)
                    peer.counters.count(.proxyProbe)
                    return
                }
                take(rest, arrival, into: &batch)
                return
            case .malformed, .incomplete: peer.counters.count(.proxyHeaderMalformed)
            case .absent: break
            }
        }
        take(payload, arrival, into: &batch)
    }

    /// A message on its way to a reader.
    private struct Arrival {
        var source: PayloadSource
        var sender: MessageSender
        var isTruncated: Bool
        var remarks = MessageRemarks()
    }

    /// Takes a message whose sender is known.
    private func take(_ payload: RawSpan, _ arrival: Arrival, into batch: inout RecordBatch) {
        var arrival = arrival
        let message = payload.extracting(0..<LineEnding.contentLength(of: payload))
        if let reason = refusal(of: message, &arrival) {
            arrival.sender.counters.count(payloadBytes: payload.byteCount, records: 0)
            arrival.sender.counters.count(reason)
            return
        }
        let sender = arrival.sender
        arrival.remarks.sourceName = sender.profile.name
        arrival.remarks.hostname = sender.profile.hostname
        let outcome = read(message, &arrival)
        sender.counters.count(payloadBytes: payload.byteCount, records: parsed.count)
        note(outcome, of: sender, arrival.remarks)
        remarkWriter.append(parsed, with: arrival.remarks, to: &batch)
    }

    /// Why a message is not taken.
    ///
    /// Of one that a relay passed on the limits of both hold; `arrival` then tells whose it is.
    private func refusal(of message: RawSpan, _ arrival: inout Arrival) -> ErrorCode? {
        if !arrival.sender.isAllowed { return .senderRefused }
        // An empty datagram says nothing, but it came.
        if message.byteCount == 0 { return .syslogEmpty }
        let received = arrival.source.received
        guard arrival.sender.mayTakeMessage(at: received) else { return .senderRateLimited }
        guard arrival.sender.isRelay, arrival.remarks.relay == nil,
            let origin = origins.origin(of: message, from: arrival.source)
        else { return nil }
        arrival.remarks.relay = arrival.source.peer.address
        arrival.source.peer = Endpoint(address: origin, port: 0)
        arrival.sender = sender(of: arrival.source, passedOnBy: arrival.sender)
        return arrival.sender.mayTakeMessage(at: received) ? nil : .senderRateLimited
    }

    /// Reads a message to `parsed`, cut and in UTF-8.
    private func read(_ message: RawSpan, _ arrival: inout Arrival) -> MessageOutcome {
        let sender = arrival.sender
        var end = message.byteCount
        if end > options.messageLimit {
            end = UTF8Text.boundary(in: message, at: options.messageLimit)
            arrival.remarks.originalLength = message.byteCount
            arrival.isTruncated = true
            sender.counters.count(.syslogTooLong)
        }
        let message = message.extracting(0..<end)
        text.removeAll()
        if !UTF8Text.isValid(message) {
            arrival.remarks.encoding = text.convert(message, from: sender.profile.charset)
            if text.buffer.isEmpty { sender.counters.count(.textBadEncoding) }
        }
        parsed.removeAll()
        let reader = readers[sender.profile.treatment]
        if text.buffer.isEmpty {
            return reader.decode(
                message, isTruncated: arrival.isTruncated, from: arrival.source, of: sender,
                into: &parsed)
        }
        return Self.decode(text.buffer, reader, arrival, into: &parsed)
    }

    private static func decode(
        _ text: borrowing ByteBuffer, _ reader: MessageReader, _ arrival: Arrival,
        into batch: inout RecordBatch
    ) -> MessageOutcome {
        reader.decode(
            text.bytes, isTruncated: arrival.isTruncated, from: arrival.source, of: arrival.sender,
            into: &batch)
    }

    // MARK: Open entries

    public func tend(at now: Timestamp, into batch: inout RecordBatch) {
        if !open.isEmpty { complete(at: now, into: &batch) }
    }

    public func finish(into batch: inout RecordBatch) {
        complete(at: nil, into: &batch)
        settle()
    }

    /// - Parameter now: `nil` at the end.
    private func complete(at now: Timestamp?, into batch: inout RecordBatch) {
        open.complete { sender, remarks in
            parsed.removeAll()
            let reader = readers[sender.profile.treatment]
            let count = reader.complete(sender, at: now, into: &parsed)
            guard count > 0 else { return }
            sender.counters.count(payloads: 0, payloadBytes: 0, records: count)
            remarkWriter.append(parsed, with: remarks, to: &batch)
        }
    }

    // MARK: Senders

    /// - Parameter relay: who named the sender.
    private func sender(
        of source: PayloadSource, passedOnBy relay: MessageSender? = nil
    ) -> MessageSender {
        if !run.isOf(source) { begin(source, passedOnBy: relay) }
        return run.sender
    }

    /// Begins the run of another sender.
    private func begin(_ source: PayloadSource, passedOnBy relay: MessageSender? = nil) {
        settle()
        let found = senders.sender(of: source, passedOnBy: relay)
        run = SenderRun(
            of: found, at: source.peer.address,
            isOrdinary: found.isOrdinary && !senders.hasSessions)
    }

    /// Adds to the counters of the last sender what they do not have yet.
    private func settle() {
        let count = run.takeCount()
        guard count.messages > 0 else { return }
        run.sender.counters.count(
            payloads: count.messages, payloadBytes: count.bytes, records: count.records)
    }

    public func note(_ problem: ErrorCode, from source: PayloadSource) {
        sender(of: source).counters.count(problem)
    }

    public func beginSession(of source: PayloadSource, as identity: ConnectionIdentity) {
        senders.begin(source, of: sender(of: source), as: identity)
        run.endOrdinary()
    }

    public func endSession(of source: PayloadSource) { senders.end(source) }
}
