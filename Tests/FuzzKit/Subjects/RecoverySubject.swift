import Core
import Journals
import System
import TestKit

/// A journal whose last segment is the input: it opens, its records can be read, and after what
/// opening repaired nothing is left to repair.
final class RecoverySubject: FuzzSubject {
    private let directory: TemporaryDirectory
    private var records = RecordCheck()
    private var batch = RecordBatch()

    init() {
        do { directory = try TemporaryDirectory() } catch { fatalError("\(error)") }
    }

    func execute(_ input: RawSpan) {
        do {
            for name in try FileSystem.list(directory.path) {
                try FileSystem.remove(directory.file(name))
            }
            try write(input)
            let found = try open()
            let again = try open()
            precondition(again.corruptBytes == 0, "\(again.corruptBytes) bytes are still corrupt")
            precondition(again.records == found.records, "\(found.records), then \(again.records)")
        } catch {
            // A segment of another version is not touched.
            precondition(error.code == .frameVersion, "\(error)")
        }
    }

    private func write(_ input: RawSpan) throws(OperationError) {
        let path = directory.file(FileSeeds.segmentName)
        let file = try FileDescriptor.open(path, [.write, .create, .truncate])
        try file.write(input, target: path)
    }

    private func open() throws(OperationError) -> RecoveryReport {
        let settings = JournalSettings(storage: .filesystem(directory: directory.path))
        let journal = try Journal(name: "fuzz", settings: settings, log: .silent)
        defer { journal.close() }
        let reader = JournalReader(journal, from: nil, log: .silent)
        while try reader.next(into: &batch) { records.check(batch) }
        return journal.recovery
    }
}
