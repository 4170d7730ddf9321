import Capture
import Core
import System

/// Reads captures one after the other into the same decoders.
final class ParseSession {
    private(set) var summary = ParseSummary()
    var progress: ParseProgress?
    private let router: any PayloadRouter
    private let printer: any RecordPrinter
    private let console: Console
    private let now: Timestamp
    /// Whether files of no known format are lines, which may hold anything.
    private let isText: Bool
    /// Records that may still be printed.
    private var remaining: Int
    private let isLimited: Bool
    /// The stage that took the last payload; its batch may hold records not printed yet.
    private var current: ParseStage?
    private var isOutputClosed = false

    /// Bytes of records that a stage gathers before they are printed.
    private static let batchSize = 256 << 10

    init(
        router: any PayloadRouter, printer: any RecordPrinter, console: Console,
        limit: Int?, now: Timestamp, isText: Bool
    ) {
        self.router = router
        self.printer = printer
        self.console = console
        self.now = now
        self.isText = isText
        remaining = limit ?? .max
        isLimited = limit != nil
    }

    /// Whether nothing more is to be printed.
    var isDone: Bool { remaining == 0 || isOutputClosed }

    /// Reads one file; what cannot be read is said and counted.
    func read(_ path: String) {
        do throws(OperationError) {
            try read(try CaptureFile.open(path, now: now, isText: isText), path, line: .line)
        } catch {
            report(error, of: path)
        }
    }

    /// Reads what a place in a store stands for; what cannot be read is said and counted.
    func read(_ place: StorePlace, from store: any ReadableOutput) {
        do throws(OperationError) {
            if !place.isPrefix { return try read([place.key], of: place, from: store) }
            var page: String?
            var isEmpty = true
            repeat {
                let found = try store.objects(prefix: place.key, page: page)
                isEmpty = isEmpty && found.keys.isEmpty
                try read(found.keys, of: place, from: store)
                page = found.next
            } while page != nil && !isDone
            if isEmpty, !isDone {
                throw OperationError(
                    .objectMissing, call: "list", target: place.text,
                    reason: "no object's key begins with '\(place.key)'", canRetry: false)
            }
        } catch {
            report(error, of: place.text)
        }
    }

    private func read(
        _ keys: [String], of place: StorePlace, from store: any ReadableOutput
    ) throws(OperationError) {
        for (key, object) in zip(keys, store.objects(keys)) where !isDone {
            try read(object, place.text(of: key))
        }
    }

    /// - Throws: what would be the same for the next object.
    private func read(_ object: any ByteStream, _ path: String) throws(OperationError) {
        do throws(OperationError) {
            let file = try CaptureFile(object, path: path, now: now, isText: isText)
            try read(file, path, line: .storedLine)
        } catch {
            switch error.code {
            case .storeUnreachable, .storeUntrusted, .storeNoBucket, .storeClockSkew,
                .credentialsMissing, .libraryMissing:
                throw error
            default: report(error, of: path)
            }
        }
    }

    private func read(
        _ file: CaptureFile, _ path: String, line origin: PayloadOrigin
    ) throws(OperationError) {
        defer {
            flush()
            progress?.clear()
            summary.add(file.summary)
            report(file.summary, of: path)
        }
        if file.format == .text {
            try file.forEachLine { line, _ in
                take(line, nil, origin, isTruncated: false)
                advance(file, path)
            }
        } else {
            try file.forEachDatagram { datagram, payload in
                // Payloads of raw datagram files have no addresses to choose an input by.
                let destination = datagram.hasEndpoints ? datagram.destination : nil
                take(
                    payload, datagram, .datagram(to: destination),
                    isTruncated: datagram.isTruncated)
                advance(file, path)
            }
        }
    }

    /// Prints what is left.
    func finish() {
        for stage in router.stages { stage.finish() }
        flush()
        if !printer.finish() { isOutputClosed = true }
    }

    private func advance(_ file: CaptureFile, _ path: String) {
        if isDone { file.stop() }
        progress?.update(file.progress, path: path)
    }

    /// - Parameter datagram: `nil` for a line of a text file.
    private func take(
        _ payload: RawSpan, _ datagram: Datagram?, _ origin: PayloadOrigin, isTruncated: Bool
    ) {
        let stage: ParseStage
        switch router.route(payload, origin) {
        case .stage(let found): stage = found
        case .nobody(let reason):
            summary.leftOut[reason, default: 0] += 1
            return
        }
        if stage !== current {
            flush()
            current = stage
        }
        let source = PayloadSource(
            peer: datagram?.source ?? Endpoint(address: .any, port: 0),
            transport: datagram?.hasEndpoints == true ? .udp : .file,
            received: datagram?.time ?? now)
        stage.decode(payload, from: source)
        if isLimited || stage.byteCount >= Self.batchSize { flush() }
    }

    /// Filters and prints the records gathered.
    private func flush() {
        guard let current, !current.isEmpty else { return }
        remaining -= current.flush(to: printer, atMost: remaining)
        if !printer.flush() { isOutputClosed = true }
    }

    /// Says why something cannot be read.
    private func report(_ error: OperationError, of path: String) {
        summary.unreadable += 1
        let hint =
            error.errno == SystemError.isDirectory ? " (give the files in it: \(path)/*)" : ""
        console.note("\(path): error \(error.code.text): \(error.reason)\(hint)")
    }

    /// Says where a file is damaged.
    private func report(_ summary: CaptureSummary, of path: String) {
        let shown = summary.firstProblems.prefix(3)
        for problem in shown {
            console.note(
                "\(path): error \(problem.code.text): \(problem.code.words) "
                    + "at byte \(problem.offset)")
        }
        let rest = summary.damaged - shown.count
        if rest > 0 { console.note("\(path): \(rest) more problems") }
    }
}
