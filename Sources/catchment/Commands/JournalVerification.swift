import Core
import Journals

/// `catchment journal verify`: reads everything and says what is wrong.
final class JournalVerification {
    private let output: any ParseOutput
    private let progress: JournalProgress?
    private var journals = 0
    private var segments = 0
    private var frames = 0
    private var records: UInt64 = 0
    private var bytes = 0
    private var problems = 0
    private var damagedBytes = 0
    private var lost: UInt64 = 0
    /// Damage whose records are counted when the next frame tells its number.
    private var pending: StoredDamage?
    private var batch = RecordBatch()

    init(output: any ParseOutput, progress: JournalProgress?) {
        self.output = output
        self.progress = progress
    }

    /// - Returns: the exit status.
    func run(_ directory: JournalDirectory) -> Int32 {
        for journal in directory.journals {
            journals += 1
            let survey = directory.survey(journal) { step, walk in
                progress?.update(walk)
                take(step, walk, journal)
            }
            settle(lost: nil)
            progress?.finish(journal)
            for standing in survey.standings {
                guard let fault = standing.fault else { continue }
                let path = directory.cursors.first { $0.output == standing.output }?.path
                report("\((path ?? "").printable): \(Self.text(fault, standing, journal))")
            }
        }
        for cursor in directory.cursors {
            guard let error = cursor.error else { continue }
            report("\(cursor.path.printable): error \(error.code.text): \(error.reason)")
        }
        summarize(directory)
        return problems == 0 ? 0 : 1
    }

    private func take(_ step: JournalWalk.Step, _ walk: JournalWalk, _ journal: StoredJournal) {
        if case .lost(let range) = step {
            lost &+= range.upperBound - range.lowerBound
            return settle(lost: range, in: journal)
        }
        settle(lost: nil)
        switch step {
        case .segment(_, let byteCount, _):
            segments += 1
            bytes += byteCount
        case .frame(let frame):
            frames += 1
            if let damage = walk.read(frame, into: &batch) {
                damagedBytes += damage.length
                lost &+= frame.records.upperBound - frame.records.lowerBound
                report(damage.line + "; lost: \(frame.records.recordsText)")
            } else {
                records += UInt64(batch.count)
            }
        case .damage(let damage):
            damagedBytes += damage.length
            pending = damage
        case .removed(let range):
            say("\(journal.path.printable): removed: \(range.recordsText)")
        case .vanished, .lost: break
        }
    }

    /// Prints the damage found last, with the records it took.
    private func settle(lost range: Range<UInt64>?, in journal: StoredJournal? = nil) {
        let records = range.map { "lost: \($0.recordsText)" }
        if let damage = pending {
            report(damage.line + (records.map { "; " + $0 } ?? ""))
        } else if let records, let journal {
            report(
                "\(journal.path.printable): error \(ErrorCode.frameCorrupt.text): \(records), "
                    + "though nothing around them is damaged")
        }
        pending = nil
    }

    private func report(_ line: String) {
        problems += 1
        say(line)
    }

    private func say(_ line: String) {
        progress?.clear()
        _ = output.write(line + "\n")
    }

    private static func text(
        _ fault: JournalSurvey.Fault, _ standing: JournalSurvey.Standing, _ journal: StoredJournal
    ) -> String {
        let place = standing.place
        let what =
            switch fault {
            case .insideFrame: "there is no border between frames"
            case .wrongRecord: "another record stands there"
            case .behindEnd: "that is behind the journal's end; the agent would go on at the end"
            }
        return "error \(ErrorCode.frameCorrupt.text): place in \(journal.title): segment "
            + "\(place.segment), byte \(place.offset), record \(place.record): \(what)"
    }

    private func summarize(_ directory: JournalDirectory) {
        let setAside = directory.journals.flatMap(\.setAside)
        if !setAside.isEmpty {
            say(
                "set aside earlier: \(Self.count(setAside.count, "file")), "
                    + "\(setAside.reduce(0) { $0 + $1.byteCount }.grouped) bytes")
        }
        say(
            "verified: \(Self.count(journals, "journal")), \(Self.count(segments, "segment")), "
                + "\(Self.count(frames, "frame")), \(Self.count(records, "record")), "
                + "\(Self.count(bytes, "byte")), \(Self.count(directory.cursors.count, "cursor"))")
        say(
            problems == 0
                ? "no damage"
                : "\(Self.count(problems, "problem")): \(Self.count(damagedBytes, "byte")) damaged, "
                    + "\(Self.count(lost, "record")) lost")
    }

    private static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(number.grouped) \(noun)" + (number == 1 ? "" : "s")
    }
}
