import Core
import Journals
import Pipeline
import System

/// `catchment journal`: looks into journals, of an agent at rest or at work.
struct JournalCommand {
    private let options: JournalOptions

    /// - Parameter arguments: what follows `journal`.
    init(arguments: [String]) throws(UsageError) { options = try JournalOptions(arguments) }

    /// Reads the arguments and runs.
    static func run(_ arguments: [String], _ console: Console) -> Int32 {
        do throws(UsageError) {
            let command = try JournalCommand(arguments: arguments)
            // `journal cat DIR | head` ends well.
            SignalSet.ignoreBrokenPipes()
            // A bar that moves between printed lines would tear them.
            let hasBar = StandardStream.error.isTerminal && command.options.action != .cat
            return command.run(console, output: StandardOutput(), progress: hasBar)
        } catch {
            console.error(error)
            if arguments.isEmpty { console.note("\n" + JournalOptions.usage) }
            return 2
        }
    }

    /// - Returns: the exit status: 0, 1 when something is damaged, 2 when there is no journal.
    func run(_ console: Console, output: any ParseOutput, progress: Bool) -> Int32 {
        let directory: JournalDirectory
        do throws(OperationError) {
            directory = try JournalDirectory(options.path)
        } catch {
            console.error(Self.usageError(error))
            return 2
        }
        if directory.journals.isEmpty {
            console.note("\(options.path.printable): there is no journal yet")
        }
        let bar = progress ? JournalProgress(console, directory, options.path) : nil
        switch options.action {
        case .ls:
            return JournalListing(output: output, console: console, progress: bar)
                .print(directory, showsFrames: options.showsFrames)
        case .cat:
            return JournalRecords(options, output: output, console: console).print(directory)
        case .verify:
            return JournalVerification(output: output, progress: bar).run(directory)
        case .stat:
            return JournalAccount(output: output, console: console, progress: bar)
                .print(directory)
        }
    }

    private static func usageError(_ error: OperationError) -> UsageError {
        UsageError(
            error.code, "\(error.target.printable): \(error.reason)",
            hint: error.code == .journalOpenFailed
                ? "give the storage.path of an agent, a directory below its 'journal', or a segment"
                : nil)
    }
}

/// The line on the terminal that says how much of the journals has been read.
final class JournalProgress {
    private let bar: ParseProgress
    private let path: String
    private let total: Int
    private var before = 0

    init(_ console: Console, _ directory: JournalDirectory, _ path: String) {
        bar = ParseProgress(console)
        self.path = path
        total = directory.journals.reduce(0) { $0 + $1.byteCount }
    }

    func update(_ walk: JournalWalk) {
        bar.update((min(before + walk.bytesDone, total), total), path: path)
    }

    /// Called when a journal has been read.
    func finish(_ journal: StoredJournal) {
        before += journal.byteCount
        bar.clear()
    }

    func clear() { bar.clear() }
}
