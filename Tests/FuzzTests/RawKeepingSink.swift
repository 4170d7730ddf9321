import Core
import Synchronization

/// A sink that counts records and keeps what one of their fields holds.
final class RawKeepingSink: BatchSink {
    let tag = "test"
    let ledger = SourceLedger()
    let log = Log.silent
    let isStopping = false

    struct Content {
        var records = 0
        /// Messages that the records were made of: some are put together from pieces.
        var messages = 0
        /// The field of each record that has it.
        var raws: [[UInt8]] = []
    }

    private let content = Mutex(Content())
    private let field: FieldPath?
    private static let joined = FieldPath("$joined")

    /// - Parameter field: the field's path; `nil` keeps none.
    init(keeping field: String?) { self.field = field.flatMap { FieldPath("$" + $0) } }

    var now: Content { content.withLock { $0 } }

    func submit(_ batch: inout RecordBatch) -> Bool {
        var raws: [[UInt8]] = []
        if let field {
            batch.forEachRow { row in
                switch field.resolve(in: row.shape)?.value(in: row) {
                case .text(let bytes), .bytes(let bytes): raws.append(bytes.makeArray())
                default: break
                }
            }
        }
        let count = batch.count
        var messages = count
        batch.forEachRow { row in
            if case .unsigned(let pieces) = Self.joined?.resolve(in: row.shape)?.value(in: row) {
                messages += Int(pieces) - 1
            }
        }
        content.withLock {
            $0.records += count
            $0.messages += messages
            $0.raws += raws
        }
        batch.removeAll()
        return true
    }

    /// Over all senders.
    func problems(_ code: ErrorCode) -> Int {
        ledger.snapshot.reduce(0) { $0 + Int($1.problems[code] ?? 0) }
    }

    /// Messages that were counted, over all senders.
    var payloads: Int { ledger.snapshot.reduce(0) { $0 + Int($1.payloads) } }
    var payloadBytes: Int { ledger.snapshot.reduce(0) { $0 + Int($1.bytes) } }
    var countedRecords: Int { ledger.snapshot.reduce(0) { $0 + Int($1.records) } }

    /// Messages that did not become a record, with a reason.
    var refused: Int {
        [ErrorCode.senderRefused, .senderRateLimited, .syslogEmpty, .proxyProbe]
            .reduce(0) { $0 + problems($1) }
    }
}
