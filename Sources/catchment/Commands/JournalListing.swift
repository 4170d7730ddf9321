import Core
import Journals

/// `catchment journal ls`: what is in each journal.
struct JournalListing {
    let output: any ParseOutput
    let console: Console
    let progress: JournalProgress?

    /// Lines of a table that are aligned together.
    private static let blockSize = 500

    /// - Returns: the exit status.
    func print(_ directory: JournalDirectory, showsFrames: Bool) -> Int32 {
        var status: Int32 = 0
        for (index, journal) in directory.journals.enumerated() {
            if index > 0, !output.write("\n") { break }
            let isGood =
                showsFrames ? printFrames(of: journal) : printSegments(of: journal, directory)
            if !isGood { status = 1 }
        }
        return status
    }

    // MARK: Segments

    private func printSegments(of journal: StoredJournal, _ directory: JournalDirectory) -> Bool {
        let survey = directory.survey(journal) { _, walk in progress?.update(walk) }
        progress?.finish(journal)
        for problem in survey.unread { console.note(problem.line) }
        var table = TextTable([
            .init("SEGMENT", .right), .init("BYTES", .right), .init("FRAMES", .right),
            .init("RECORDS", .right), .init("FIRST", .right), .init("LAST", .right),
            .init("DAMAGED", .right), .init("NEEDED BY"), .init("OLDEST"), .init("NEWEST"),
        ])
        for segment in survey.segments {
            table.add([
                "\(segment.number)", segment.byteCount.grouped, segment.frames.grouped,
                segment.recordCount.grouped,
                segment.records.isEmpty ? "" : "\(segment.records.lowerBound)",
                segment.records.isEmpty ? "" : "\(segment.records.upperBound - 1)",
                segment.damagedBytes.groupedUnlessZero,
                segment.neededBy.map(\.printable).joined(separator: ", "),
                segment.received?.lowerBound.text() ?? "",
                segment.received?.upperBound.text() ?? "",
            ])
        }
        let heading =
            "\(journal.title): \(Self.count(survey.segments.count, "segment")), "
            + "\(survey.byteCount.grouped) bytes, \(survey.kept.grouped) records\n"
        _ = output.write(heading + (table.isEmpty ? "" : table.text(width: output.columns)))
        return survey.damagedBytes == 0 && survey.lost == 0 && survey.unread.isEmpty
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number.grouped) \(noun)" + (number == 1 ? "" : "s")
    }

    // MARK: Frames

    private func printFrames(of journal: StoredJournal) -> Bool {
        var isGood = true
        var table = Self.frameTable
        var rows = 0
        var batch = RecordBatch()
        func flush() -> Bool {
            defer {
                table = Self.frameTable
                rows = 0
            }
            return table.isEmpty || output.write(table.text(width: output.columns))
        }
        let walk = journal.walk()
        while let step = walk.next() {
            switch step {
            case .segment(let segment, let byteCount, _):
                guard flush() else { return isGood }
                let path = segment.path.printable
                guard output.write("\(journal.title): \(path), \(byteCount.grouped) bytes\n") else {
                    return isGood
                }
            case .frame(let frame):
                let damage = walk.read(frame, into: &batch)
                if damage != nil { isGood = false }
                table.add(Self.row(frame, batch, damage))
                rows += 1
            case .damage(let damage):
                isGood = false
                table.add(Self.row(damage))
                rows += 1
            case .lost: isGood = false
            case .vanished, .removed: break
            }
            if rows >= Self.blockSize, !flush() { return isGood }
        }
        _ = flush()
        return isGood
    }

    private static var frameTable: TextTable {
        TextTable([
            .init("OFFSET", .right), .init("BYTES", .right), .init("RECORDS", .right),
            .init("FIRST", .right), .init("RECEIVED"), .init("TAG"), .init("SHAPES", .right),
            .init("PLACES", .right), .init("DAMAGE"),
        ])
    }

    private static func row(
        _ frame: StoredFrame, _ batch: borrowing RecordBatch, _ damage: StoredDamage?
    ) -> [String] {
        let count = frame.records.upperBound - frame.records.lowerBound
        let start = [
            "\(frame.offset)", frame.length.grouped, count.grouped, "\(frame.records.lowerBound)",
            frame.received.text(hasMilliseconds: true),
        ]
        if let damage { return start + ["", "", "", "\(damage.code.text) \(damage.code.words)"] }
        return start + [
            batch.tag.printable, "\(Set(batch.runs.map(\.shape)).count)",
            batch.progress.count.groupedUnlessZero, "",
        ]
    }

    private static func row(_ damage: StoredDamage) -> [String] {
        ["\(damage.offset)", damage.length.grouped, "", "", "", "", "", ""]
            + ["\(damage.code.text) \(damage.code.words)"]
    }
}
