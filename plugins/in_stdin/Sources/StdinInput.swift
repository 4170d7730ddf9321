package import Core
import Glibc
import Parsers
import Synchronization
import System

/// Reads lines from standard input until it ends.
package final class StdinInput: Input {
    package static let info = PluginInfo(
        kind: .input, name: "stdin", summary: "Read lines from standard input",
        options: [
            OptionSpec("parser", .parser, default: "json", help: "How lines become records"),
            OptionSpec(
                "buffer_size", .size, default: "1M",
                help: "Longest line; longer ones are kept raw, in pieces of this size"),
        ])

    private let parserName: String
    private let parsers: any ParserDirectory
    private let lineLimit: Int
    /// Set by `open`; the lock is for `stop`, which may come from another thread.
    private let stream = Mutex<LineStream?>(nil)
    private let isStopped = Atomic<Bool>(false)

    package init(settings: PluginSettings) throws(SettingsError) {
        parserName = settings.text("parser") ?? "json"
        parsers = settings.parsers
        lineLimit = settings.size("buffer_size") ?? 1_000_000
        guard (256...(1 << 30)).contains(lineLimit) else {
            throw SettingsError(
                .outOfRange, at: settings.location(of: "buffer_size"),
                "'buffer_size' is \(lineLimit) bytes, outside 256 bytes to 1 GiB")
        }
    }

    package var listenAddresses: [ListenAddress] { [] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        makeLineDecoder(ledger: ledger)
    }

    private func makeLineDecoder(ledger: SourceLedger) -> LineDecoder {
        guard let parser = parsers.makeParser(named: parserName) else {
            preconditionFailure("settings with an unknown parser make no input")
        }
        return LineDecoder(parser: parser, counters: ledger.counters(for: "stdin"))
    }

    package func open(log: Log) throws(OperationError) {
        // Owned, so that closing it leaves the process's own standard input alone.
        let number = dup(StandardStream.input.rawValue)
        guard number >= 0 else {
            throw OperationError(
                .fileOpenFailed, call: "dup", target: "standard input", errno: errno)
        }
        try open(FileDescriptor(owning: number))
    }

    /// Reads from `file` instead of standard input.
    func open(_ file: consuming FileDescriptor) throws(OperationError) {
        let made = LineStream(file: file, stop: try StopSignal())
        if isStopped.load(ordering: .acquiring) { made.stop() }
        stream.withLock { $0 = made }
    }

    package func run(into sink: any BatchSink) {
        guard let stream = stream.withLock({ $0 }) else { return }
        stream.run(
            decoder: makeLineDecoder(ledger: sink.ledger), lineLimit: lineLimit, into: sink)
    }

    package func stop() {
        isStopped.store(true, ordering: .releasing)
        stream.withLock { $0?.stop() }
    }
}
