import Core
import Messages
import InRouteros
import InSyslog
import Net

/// Messages of relays, of senders with names, character sets, parsers and rates of their own, and of
/// senders that are refused: a record for each, or a reason.
///
/// The byte in front chooses the sender, the transport and the input.
final class IntakeSubject: FuzzSubject {
    /// One input and what came of its messages.
    private struct Way {
        let ledger: SourceLedger
        let decoder: any PayloadDecoder
        var messages = 0
        var records = 0

        init(_ input: any Input) {
            ledger = SourceLedger()
            decoder = input.makeDecoder(ledger: ledger)
        }

        /// Every message is counted, and has a record or a reason.
        func checkBalance() {
            var counted = 0
            var refused = 0
            for sender in ledger.snapshot {
                counted += Int(sender.payloads)
                for code in [
                    ErrorCode.senderRefused, .senderRateLimited, .syslogEmpty, .proxyProbe,
                ] {
                    refused += Int(sender.problems[code] ?? 0)
                }
            }
            precondition(counted == messages, "the ledger has \(counted) of \(messages)")
            precondition(ledger.recordCount == records, "\(ledger.recordCount) of \(records)")
            precondition(
                records + refused == messages,
                "\(records) records and \(refused) reasons for \(messages) messages")
        }
    }

    private var ways: [Way]
    private var records = RecordCheck()
    private var batch = RecordBatch(tag: "logs")
    private var clock: Int64 = 1_700_000_000_000_000_000

    private static let encoding = FieldPath("$encoding")
    /// A relay, senders with settings, one without, one that is refused, and one in IPv6.
    private static let addresses = [
        "192.0.2.1", "192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13", "192.0.2.200",
        "203.0.113.1", "2001:db8::1",
    ].compactMap { IPAddress($0) }
    private static let messageLimit = 400

    init() {
        ways = [
            Way(
                FuzzTarget.testInput(Self.settings) { settings throws(SettingsError) in
                    try SyslogInput(settings: settings)
                }),
            Way(
                FuzzTarget.testInput(Self.settings) { settings throws(SettingsError) in
                    try RouterOSInput(settings: settings)
                }),
        ]
    }

    func execute(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let control = Int(input.byte(at: 0))
        let message = input.extracting(1..<input.byteCount)
        let number = control >> 7
        // About 30 messages a second: rates are passed now and then.
        clock += 33_000_000
        let source = PayloadSource(
            peer: Endpoint(address: Self.addresses[control & 7], port: 514),
            transport: control & 0x40 == 0 ? .udp : .tcp, received: Timestamp(nanoseconds: clock))
        batch.removeAll()
        if control & 0x20 != 0, let decoder = ways[number].decoder as? any MessageDecoder {
            decoder.decodeTruncated(message, from: source, into: &batch)
        } else {
            ways[number].decoder.decode(message, from: source, into: &batch)
        }
        // Pieces of entries are held until no other follows, and counters until a round ends.
        ways[number].decoder.finish(into: &batch)
        precondition(batch.count <= 1, "\(batch.count) records of one message")
        records.check(batch)
        if control & 7 != 0 { checkEncoding(of: message) }
        ways[number].messages += 1
        ways[number].records += batch.count
        // Relays name any number of senders: not after each message.
        if ways[number].messages & 255 == 0 { ways[number].checkBalance() }
    }

    /// A record says that its text was none, and only then.
    private func checkEncoding(of message: RawSpan) {
        var end = message.byteCount
        while end > 0, [0, 10, 13].contains(message.byte(at: end - 1)) { end -= 1 }
        guard end <= Self.messageLimit else { return }
        let isText = RecordCheck.isUTF8(message.extracting(0..<end))
        batch.forEachRow { row in
            let isRemarked = Self.encoding?.resolve(in: row.shape) != nil
            precondition(isText != isRemarked, "text: \(isText), remarked: \(isRemarked)")
        }
    }

    // MARK: Settings

    private static let place = SourceLocation(file: "fuzz", line: 1, column: 1)

    private static func entry(_ key: String, _ values: [String]) -> Setting.Entry {
        let scalars = values.map { Setting(.scalar($0, isPlain: true), at: place) }
        return Setting.Entry(
            key: key, keyLocation: place,
            value: scalars.count == 1 ? scalars[0] : Setting(.list(scalars), at: place))
    }

    private static func source(_ options: [(String, String)]) -> Setting {
        Setting(.map(options.map { entry($0.0, [$0.1]) }), at: place)
    }

    private static let settings: [Setting.Entry] = [
        entry("allow", ["192.0.2.0/24", "2001:db8::/32"]), entry("trusted_relays", ["192.0.2.1"]),
        entry("proxy_protocol", ["on"]), entry("message_limit", ["\(messageLimit)"]),
        entry("charset", ["windows-1252"]),
        Setting.Entry(
            key: "sources", keyLocation: place,
            value: Setting(
                .list([
                    source([("address", "192.0.2.10"), ("name", "a"), ("charset", "gb18030")]),
                    source([("address", "192.0.2.11"), ("charset", "iso-2022-jp")]),
                    source([("address", "192.0.2.12"), ("hostname", "h"), ("parser", "routeros")]),
                    source([("address", "192.0.2.13"), ("parser", "syslog"), ("rate_limit", "2")]),
                    source([("address", "2001:db8::/64"), ("charset", "euc-jp")]),
                ]), at: place)),
    ]
}
