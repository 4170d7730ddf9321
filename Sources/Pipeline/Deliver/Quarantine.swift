import Core
import Journals
import System

/// Keeps the records that an output refuses for good, in a journal of its own.
///
/// Each record carries the place it had in the input's journal, so one that was kept before a crash
/// is not kept again after it.
final class Quarantine {
    private let directory: String
    private let name: String
    private let isDurable: Bool
    private let log: Log
    private var journal: Journal?
    /// By the journals they came from: the place behind the record kept last.
    private var places = SourcePlaces()
    private var count = 0

    /// - Parameters:
    ///   - storagePath: the agent's `storage.path`.
    ///   - output: the output's name.
    init(storagePath: String, output: String, isDurable: Bool, log: Log) {
        directory = Self.directory(of: output, in: storagePath)
        name = Self.journalName(of: output)
        self.isDurable = isDurable
        self.log = log
    }

    /// Where the refused records of an output lie.
    static func directory(of output: String, in storagePath: String) -> String {
        storagePath + "/quarantine/" + Assembly.fileName(output)
    }

    /// The journal's name in cursors.
    static func journalName(of output: String) -> String { "quarantine of \(output)" }

    static func settings(directory: String, isDurable: Bool) -> JournalSettings {
        JournalSettings(
            storage: .filesystem(directory: directory),
            synchronization: isDurable ? .full : .normal)
    }

    /// Keeps a record.
    ///
    /// - Parameters:
    ///   - batch: the record.
    ///   - source: the journal it was read from.
    ///   - place: the place behind it there.
    func keep(
        _ batch: inout RecordBatch, from source: String, at place: JournalPosition,
        because reason: OperationError
    ) throws(OperationError) {
        let journal = try open()
        let key = Array(source.utf8)
        if let last = places[key].flatMap({ JournalPosition($0) }), last >= place { return }
        batch.progress = [SourceProgress(source: key, place: place.encoded)]
        try journal.append(batch)
        places.merge(batch.progress)
        count += 1
        // A misconfigured output may refuse everything: say it again at every doubling.
        if count & (count - 1) == 0 {
            log.error("\(reason); \(count) kept in \(directory) since the start")
        }
    }

    private func open() throws(OperationError) -> Journal {
        if let journal { return journal }
        let made = try Journal(
            name: name, settings: Self.settings(directory: directory, isDurable: isDurable),
            log: log)
        places = made.recovery.places
        journal = made
        return made
    }
}
