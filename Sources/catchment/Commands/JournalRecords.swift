import Core
import Journals
import Pipeline

/// `catchment journal cat`: prints records as they stand in the journals.
struct JournalRecords {
    private let options: JournalOptions
    private let output: any ParseOutput
    private let console: Console
    private let tag: TagMatch?

    init(_ options: JournalOptions, output: any ParseOutput, console: Console) {
        self.options = options
        self.output = output
        self.console = console
        tag = options.tag.map { TagMatch(wildcard: $0) }
    }

    /// - Returns: the exit status.
    func print(_ directory: JournalDirectory) -> Int32 {
        let printer: any RecordPrinter =
            switch options.format {
            case .json: JSONPrinter(output)
            case .table: TablePrinter(output)
            }
        var remaining = options.limit ?? .max
        var isGood = true
        for journal in directory.journals where remaining > 0 {
            guard print(journal, to: printer, &remaining, &isGood) else { return 0 }
        }
        _ = printer.finish()
        return isGood ? 0 : 1
    }

    /// - Returns: `false` when nobody reads any more.
    private func print(
        _ journal: StoredJournal, to printer: any RecordPrinter, _ remaining: inout Int,
        _ isGood: inout Bool
    ) -> Bool {
        let walk = journal.walk(from: options.records.lowerBound)
        var batch = RecordBatch()
        while remaining > 0, let step = walk.next() {
            switch step {
            case .segment(_, _, let first):
                if let first, first > options.records.upperBound { return true }
            case .vanished(let segment):
                console.note("\(segment.path.printable): removed meanwhile, as all outputs have it")
            case .damage(let damage):
                console.note(damage.line)
                isGood = false
            case .lost(let records):
                guard isWanted(records) else { continue }
                console.note("\(journal.title): lost: \(records.recordsText)")
                isGood = false
            case .removed(let records):
                guard isWanted(records) else { continue }
                console.note("\(journal.title): removed: \(records.recordsText)")
            case .frame(let frame):
                if frame.records.lowerBound > options.records.upperBound { return true }
                guard isWanted(frame) else { continue }
                if let damage = walk.read(frame, into: &batch) {
                    console.note(damage.line)
                    isGood = false
                    continue
                }
                if let tag, !tag.matches(batch.tag) { continue }
                cut(&batch, from: frame.records.lowerBound)
                let count = min(batch.count, remaining)
                printer.print(batch, atMost: count)
                remaining -= count
                guard printer.flush() else { return false }
            }
        }
        return true
    }

    private func isWanted(_ frame: StoredFrame) -> Bool {
        !frame.records.isEmpty && isWanted(frame.records)
            && options.received.contains(frame.received)
    }

    private func isWanted(_ records: Range<UInt64>) -> Bool {
        records.upperBound > options.records.lowerBound
            && records.lowerBound <= options.records.upperBound
    }

    /// Leaves the records whose numbers are asked for.
    private func cut(_ batch: inout RecordBatch, from first: UInt64) {
        if options.records.contains(first),
            options.records.contains(first + UInt64(batch.count) - 1)
        {
            return
        }
        var number = first
        _ = batch.retain { _ in
            defer { number += 1 }
            return options.records.contains(number)
        }
    }
}
