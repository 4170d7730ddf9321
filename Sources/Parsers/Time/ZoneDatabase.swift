public import Core
import System

/// Where zones are looked up by name: the IANA database as the system has it.
public struct ZoneDatabase: Sendable {
    private let directory: String
    private let localName: String?
    private let localFile: String

    /// The system's: `$TZDIR` or `/usr/share/zoneinfo`; `local` is `$TZ` or `/etc/localtime`.
    public static var system: ZoneDatabase {
        ZoneDatabase(
            directory: Process.environment("TZDIR") ?? "/usr/share/zoneinfo",
            localName: Process.environment("TZ"))
    }

    /// - Parameters:
    ///   - directory: of TZif files, in folders as in the names.
    ///   - localName: the value of `TZ`, if it is set.
    ///   - localFile: a TZif file for `local` when it is not.
    init(directory: String, localName: String? = nil, localFile: String = "/etc/localtime") {
        self.directory = directory
        self.localName = localName
        self.localFile = localFile
    }

    /// A zone as settings write it: an offset, `local`, or a name of the database.
    public func zone(_ text: String) throws(TimeZoneError) -> TimeZone {
        if let zone = TimeZone(offset: text) { return zone }
        return text == "local" ? try localZone() : try zone(named: text)
    }

    /// The zone of the machine, as other programs see it.
    private func localZone() throws(TimeZoneError) -> TimeZone {
        guard let localName else {
            // A system without the file runs in UTC.
            guard FileSystem.kind(of: localFile) != nil else { return .utc }
            return try read(localFile)
        }
        let name = localName.hasPrefix(":") ? String(localName.dropFirst()) : localName
        if name.isEmpty { return .utc }
        if name.hasPrefix("/") { return try read(name) }
        if Self.isSafe(name), FileSystem.kind(of: path(name)) == .file {
            return try read(path(name))
        }
        if let rule = Array(name.utf8).withBytes({ ZoneRule($0) }) {
            return TimeZone(
                ZoneTable(transitions: [], offsets: [], initialOffset: 0, rule: rule))
        }
        do {
            return try zone(named: name)
        } catch {
            throw TimeZoneError(
                error.code, "the environment has TZ=\(localName): " + error.reason,
                hint: error.hint)
        }
    }

    private func zone(named name: String) throws(TimeZoneError) -> TimeZone {
        guard Self.isSafe(name) else {
            throw TimeZoneError(
                .invalidValue, "'\(name)' is no name of a time zone", hint: TimeZoneError.examples)
        }
        switch FileSystem.kind(of: path(name)) {
        case .file: return try read(path(name))
        case nil where FileSystem.kind(of: directory) != .directory:
            throw TimeZoneError(
                .timeZoneUnreadable,
                "the time zone '\(name)' needs the database in \(directory), which is not there",
                hint: "install the package tzdata, or write an offset like +02:00")
        default:
            throw TimeZoneError(
                .invalidValue, "there is no time zone '\(name)' in \(directory)",
                hint: Suggestion.hint(for: name, among: names(near: name))
                    ?? TimeZoneError.examples)
        }
    }

    private func path(_ name: String) -> String { directory + "/" + name }

    private func read(_ path: String) throws(TimeZoneError) -> TimeZone {
        let bytes: [UInt8]
        do {
            // The largest of the database has 4 KiB.
            bytes = try FileSystem.readFile(path, limit: 1 << 20)
        } catch {
            throw TimeZoneError(
                .timeZoneUnreadable, "cannot read \(path): \(error.reason)", hint: nil)
        }
        do {
            let file = try bytes.withBytes { bytes throws(ZoneFile.Failure) in
                try ZoneFile(bytes)
            }
            return TimeZone(file.table)
        } catch {
            throw TimeZoneError(
                .timeZoneUnreadable,
                "\(path) is no readable time zone: \(error.reason) (byte \(error.offset))",
                hint: "reinstall the package tzdata, or write an offset like +02:00")
        }
    }

    /// Whether a name stays below the directory: words of letters, digits and `_+-.` between
    /// slashes, none of which begins with a dot.
    private static func isSafe(_ name: String) -> Bool {
        guard name.utf8.count <= 255 else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { word in
            guard let first = word.utf8.first, first != UInt8(ascii: ".") else { return false }
            return word.utf8.allSatisfy { $0.isLetter || $0.isDigit || "_+-.".utf8.contains($0) }
        }
    }

    /// Names that a slip may have been meant for: those beside it.
    private func names(near name: String) -> [String] {
        let top = (try? FileSystem.list(directory)) ?? []
        // A folder of the database is no zone.
        guard let slash = name.firstIndex(of: "/") else { return top.filter { $0 != name } }
        let wanted = String(name[..<slash])
        guard let area = Suggestion.nearest(to: wanted, among: top),
            let places = try? FileSystem.list(path(area))
        else { return [] }
        return places.map { area + "/" + $0 }
    }
}

/// Why there is no such zone: what a settings problem says about it.
public struct TimeZoneError: Error, Sendable {
    public var code: ErrorCode
    /// One sentence without a full stop.
    public var reason: String
    public var hint: String?

    static let examples = "for example Europe/Berlin, +02:00, UTC or local"

    init(_ code: ErrorCode, _ reason: String, hint: String?) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}
