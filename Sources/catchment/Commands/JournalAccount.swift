import Core
import Journals

/// `catchment journal stat`: the ledger of what is on the disk.
struct JournalAccount {
    let output: any ParseOutput
    let console: Console
    let progress: JournalProgress?

    /// - Returns: the exit status: 1 when something is damaged or does not balance.
    func print(_ directory: JournalDirectory) -> Int32 {
        var isGood = true
        var inputs = Self.inputTable
        var outputs = Self.outputTable
        var quarantines = Self.quarantineTable
        var balance: [String] = []
        for journal in directory.journals {
            let survey = directory.survey(journal) { _, walk in progress?.update(walk) }
            progress?.finish(journal)
            for problem in survey.unread { console.note(problem.line) }
            if survey.damagedBytes > 0 || survey.lost > 0 || !survey.unread.isEmpty {
                isGood = false
            }
            if journal.kind == .quarantine {
                quarantines.add(Self.quarantineRow(journal, survey))
                continue
            }
            inputs.add(Self.inputRow(journal, survey))
            if !survey.unread.isEmpty {
                balance.append("\(journal.title): cannot be balanced, as not all of it can be read")
                continue
            }
            // The end of a journal is known only when its last segment is.
            if journal.isPart { continue }
            balance += Self.unplaced(journal, survey)
            for standing in survey.standings {
                outputs.add(Self.outputRow(standing, journal))
                if !survey.balances(standing) { isGood = false }
                balance.append(Self.balance(standing, journal, survey))
            }
        }
        for stored in directory.cursors where stored.cursor?.positions.isEmpty ?? false {
            balance.append("\(stored.output.printable): has confirmed nothing yet of any input")
        }
        let parts = [inputs, outputs, quarantines].filter { !$0.isEmpty }
            .map { $0.text(width: output.columns) }
        let lines = balance.isEmpty ? [] : [balance.joined(separator: "\n") + "\n"]
        _ = output.write((parts + lines).joined(separator: "\n"))
        if noteCursors(of: directory) { isGood = false }
        return isGood ? 0 : 1
    }

    /// - Returns: whether a cursor cannot be read.
    private func noteCursors(of directory: JournalDirectory) -> Bool {
        let names = Set(directory.journals.filter { $0.kind == .input }.map(\.name))
        for stored in directory.cursors where directory.isWhole {
            for name in stored.cursor?.positions.keys.sorted() ?? [] where !names.contains(name) {
                console.note(
                    "\(stored.path.printable): has a place in \(name.printable), which has no journal"
                )
            }
        }
        for stored in directory.cursors {
            guard let error = stored.error else { continue }
            console.note("\(stored.path.printable): error \(error.code.text): \(error.reason)")
        }
        return directory.cursors.contains { $0.error != nil }
    }

    /// Says when somebody without a place in the journal seems to need it.
    ///
    /// A cursor gets a place when the output confirms its first records; which outputs take an
    /// input's records stands in the configuration only.
    private static func unplaced(
        _ journal: StoredJournal, _ survey: JournalSurvey
    ) -> [String] {
        if survey.kept == 0 { return [] }
        if survey.standings.isEmpty { return ["\(journal.title): no output has a place in it"] }
        let passed = survey.segments.count { $0.neededBy.isEmpty }
        guard passed > 1 else { return [] }
        return [
            "\(journal.title): \(passed.grouped) segments wait for an output that has confirmed "
                + "nothing of this input yet"
        ]
    }

    // MARK: Rows

    private static var inputTable: TextTable {
        TextTable([
            .init("JOURNAL"), .init("SEGMENTS", .right), .init("BYTES", .right),
            .init("JOURNALED", .right), .init("KEPT", .right), .init("LOST", .right),
            .init("DAMAGED", .right), .init("SET ASIDE", .right), .init("SOURCES", .right),
            .init("OLDEST"), .init("NEWEST"),
        ])
    }

    private static func inputRow(_ journal: StoredJournal, _ survey: JournalSurvey) -> [String] {
        let setAside = journal.setAside.reduce(0) { $0 + $1.byteCount }
        return [
            journal.title, survey.segments.count.grouped, survey.byteCount.grouped,
            journal.isPart || !survey.unread.isEmpty ? "" : survey.end.grouped, survey.kept.grouped,
            survey.lost.groupedUnlessZero,
            survey.damagedBytes.groupedUnlessZero,
            journal.setAside.isEmpty
                ? "" : "\(journal.setAside.count) (\(setAside.grouped) bytes)",
            survey.places.all.count.groupedUnlessZero, survey.received?.lowerBound.text() ?? "",
            survey.received?.upperBound.text() ?? "",
        ]
    }

    private static var quarantineTable: TextTable {
        TextTable([
            .init("QUARANTINE OF"), .init("SEGMENTS", .right), .init("BYTES", .right),
            .init("RECORDS", .right), .init("DAMAGED", .right), .init("OLDEST"), .init("NEWEST"),
        ])
    }

    private static func quarantineRow(
        _ journal: StoredJournal, _ survey: JournalSurvey
    ) -> [String] {
        [
            journal.name.printable, survey.segments.count.grouped, survey.byteCount.grouped,
            survey.kept.grouped, survey.damagedBytes.groupedUnlessZero,
            survey.received?.lowerBound.text() ?? "", survey.received?.upperBound.text() ?? "",
        ]
    }

    private static var outputTable: TextTable {
        TextTable([
            .init("OUTPUT"), .init("JOURNAL"), .init("SEGMENT", .right), .init("OFFSET", .right),
            .init("PASSED", .right), .init("WAITING", .right), .init("LOST", .right),
            .init("BYTES", .right), .init("BEHIND", .right),
        ])
    }

    private static func outputRow(
        _ standing: JournalSurvey.Standing, _ journal: StoredJournal
    ) -> [String] {
        [
            standing.output.printable, journal.title, "\(standing.place.segment)",
            "\(standing.place.offset)", standing.place.record.grouped, standing.waiting.grouped,
            standing.lost.groupedUnlessZero, standing.waitingBytes.grouped, seconds(standing.lag),
        ]
    }

    /// `12.345 s`.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        let fraction = String(milliseconds % 1000)
        return (milliseconds / 1000).grouped + "."
            + String(repeating: "0", count: 3 - fraction.count) + fraction + " s"
    }

    private static func balance(
        _ standing: JournalSurvey.Standing, _ journal: StoredJournal, _ survey: JournalSurvey
    ) -> String {
        let isBalanced = survey.balances(standing)
        let lost = standing.lost == 0 ? "" : " + \(standing.lost.grouped) lost"
        return "\(standing.output.printable) from \(journal.title): "
            + "\(survey.end.grouped) journaled \(isBalanced ? "=" : "is not") "
            + "\(standing.place.record.grouped) passed + \(standing.waiting.grouped) waiting\(lost)"
            + (isBalanced ? "" : "; the cursor does not fit the journal")
    }
}
