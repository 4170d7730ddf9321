import Core
import System

/// Keeps templates on disk, so that data is understood from the first datagram after a start.
///
/// Every so often the file is written anew as a whole. What a crash leaves unwritten is announced
/// again by the exporter.
struct TemplateStore {
    /// Nanoseconds between two writings after templates changed, and when they were only repeated.
    private static let shortPause: Int64 = 10_000_000_000
    private static let longPause: Int64 = 600_000_000_000
    /// Seconds after which a template that was not repeated is not used again.
    private static let ageLimit: Int64 = 86_400
    private static let fileName = "templates"
    private static let sizeLimit = 1 << 30

    private let directory: String?
    private let path: String?
    private let log: Log
    /// Streams of an earlier process that were not heard since.
    private(set) var restored: [DomainKey: StoredStream] = [:]
    private var lastSaved: Timestamp?
    private var lastTrouble = ""

    /// Reads what an earlier process kept, in all parts.
    ///
    /// - Parameters:
    ///   - directory: `nil` keeps nothing.
    ///   - part: of the exporters, which may have been divided otherwise before.
    init(directory: String? = nil, part: Int = 0, log: Log = .silent) {
        self.directory = directory
        self.log = log
        path = directory.map { $0 + "/" + Self.fileName + (part == 0 ? "" : ".\(part)") }
        guard let directory, FileSystem.kind(of: directory) == .directory else { return }
        do throws(OperationError) {
            for name in try FileSystem.list(directory) where Self.isPart(name) {
                try read(directory + "/" + name)
            }
        } catch {
            log.warning("\(error); templates are learned anew")
        }
        if restored.isEmpty || part > 0 { return }
        let count = restored.values.reduce(0) { $0 + $1.templates.count }
        log.info("\(count) templates of \(restored.count) streams are known from before")
    }

    /// `templates`, `templates.1`; not one that was being written.
    private static func isPart(_ name: String) -> Bool {
        guard name.hasPrefix(fileName) else { return false }
        let rest = name.dropFirst(fileName.count)
        return rest.isEmpty || rest.first == "." && Int(rest.dropFirst()) != nil
    }

    private mutating func read(_ path: String) throws(OperationError) {
        let bytes = try FileSystem.readFile(path, limit: Self.sizeLimit)
        guard let streams = bytes.withBytes({ TemplateFile.decode($0) }) else {
            log.warning("\(path) is damaged or of another version; templates are learned anew")
            return
        }
        for stream in streams {
            // Of several parts, the one that heard the exporter last.
            if let other = restored[stream.key], other.exported > stream.exported { continue }
            restored[stream.key] = stream
        }
    }

    var isKept: Bool { directory != nil }

    /// Takes out what an earlier process kept of a stream that is heard now.
    ///
    /// - Parameter now: in seconds since 1970.
    /// - Returns: templates that can still be used.
    mutating func take(
        _ key: DomainKey, _ header: MessageHeader, now: Int64
    ) -> [StoredStream.Announcement] {
        guard let stream = restored.removeValue(forKey: key), !stream.tellsRestart(header) else {
            return []
        }
        return stream.templates.filter { now - $0.lastSeen <= Self.ageLimit }
    }

    /// Whether the file should be written now.
    ///
    /// - Parameter hasChanged: whether any template is not in the file.
    func isDue(at now: Timestamp, hasChanged: Bool) -> Bool {
        guard isKept else { return false }
        guard let lastSaved else { return true }
        let pause = hasChanged ? Self.shortPause : Self.longPause
        return now.nanoseconds(since: lastSaved) >= pause || now < lastSaved
    }

    /// Writes the templates of all streams, and those of streams not heard yet.
    ///
    /// - Returns: whether that succeeded.
    mutating func save(_ streams: [StoredStream], at now: Timestamp) -> Bool {
        guard let directory, let path else { return false }
        lastSaved = now
        let kept = restored.values.filter { stream in
            stream.templates.contains { now.seconds - $0.lastSeen <= Self.ageLimit }
        }
        do throws(OperationError) {
            try FileSystem.makeDirectories(directory)
            try FileSystem.replaceFile(
                path, with: TemplateFile.encode(streams + kept).bytes, isDurable: false)
            lastTrouble = ""
            return true
        } catch {
            let trouble = "\(error)"
            if trouble != lastTrouble { log.warning("templates are not kept: \(trouble)") }
            lastTrouble = trouble
            return false
        }
    }
}
