public import Core

/// Zones by the abbreviations that senders write: `CEST`, `MSK`.
///
/// Most abbreviations mean several zones (BST, CST, EST, IST, PST): those count only when configured.
public struct ZoneNames: Sendable {
    private struct Entry: Sendable {
        /// Up to eight capitals, NULs before them.
        var packed: UInt64
        var zone: TimeZone
        /// Whether no hostname is called so.
        var isCertain: Bool
    }

    private var entries: [Entry] = []
    /// A bit for every letter that a name ends with: tells most hostnames in capitals apart.
    private var lastLetters: UInt32 = 0

    /// Abbreviations that mean one zone all over the world.
    public static let stock = ZoneNames()

    /// No names, for senders that write none: a host may be called `MSK`.
    static let none = ZoneNames(entries: [])

    private init(entries: [Entry]) {
        self.entries = entries
        for entry in entries { lastLetters |= 1 << UInt32(entry.packed & 31) }
    }

    private init() {
        // Offsets in minutes.
        let known: [(String, Int64)] = [
            ("UTC", 0), ("GMT", 0), ("CET", 60), ("CEST", 120), ("MEZ", 60), ("MESZ", 120),
            ("WET", 0), ("WEST", 60), ("EET", 120), ("EEST", 180), ("MSK", 180), ("SAST", 120),
            ("HKT", 480), ("AWST", 480), ("JST", 540), ("KST", 540), ("ACST", 570),
            ("ACDT", 630), ("AEST", 600), ("AEDT", 660), ("NZST", 720), ("NZDT", 780),
        ]
        self.init(
            entries: known.compactMap { name, minutes in
                Self.pack(name).map {
                    Entry(
                        packed: $0, zone: TimeZone(offsetSeconds: minutes * 60),
                        isCertain: minutes == 0 && name != "WET")
                }
            })
    }

    /// Adds a name; it goes before others of the same spelling.
    ///
    /// - Returns: `false` when it is not two to eight capitals.
    mutating func add(_ name: String, _ zone: TimeZone) -> Bool {
        guard let packed = Self.pack(name) else { return false }
        self = ZoneNames(
            entries: [Entry(packed: packed, zone: zone, isCertain: true)] + entries)
        return true
    }

    private static func pack(_ name: String) -> UInt64? {
        Array(name.utf8).withBytes { bytes in
            guard let (packed, end) = readName(bytes, at: 0), end == bytes.byteCount else {
                return nil
            }
            return packed
        }
    }

    /// Reads two to eight capitals.
    @inline(__always)
    private static func readName(_ line: RawSpan, at start: Int) -> (UInt64, end: Int)? {
        var packed: UInt64 = 0
        var offset = start
        while offset < line.byteCount {
            let byte = line.byte(at: offset)
            guard byte &- 0x41 < 26 else { break }
            if offset &- start == 8 { return nil }
            packed = packed << 8 | UInt64(byte)
            offset &+= 1
        }
        return offset &- start >= 2 ? (packed, offset) : nil
    }

    /// The zone whose name stands behind a timestamp, and where the name ends.
    ///
    /// A colon or a space must follow. `WEST sshd[9]: text` has a hostname, not a zone: in front of
    /// a space a name that may be a host's counts only when a word like a hostname follows.
    func read(_ line: RawSpan, at start: Int) -> (zone: TimeZone, end: Int)? {
        guard let (packed, end) = Self.readName(line, at: start), end < line.byteCount else {
            return nil
        }
        let mark = line.byte(at: end)
        guard mark == UInt8(ascii: " ") || mark == UInt8(ascii: ":"),
            lastLetters >> UInt32(packed & 31) & 1 == 1,
            let entry = entries.first(where: { $0.packed == packed }),
            entry.isCertain || mark == UInt8(ascii: ":") || Self.isHostname(line, at: end &+ 1)
        else { return nil }
        return (entry.zone, end)
    }

    /// Whether a word that may be a hostname, or Cisco's `%FACILITY-...`, stands at `start`.
    ///
    /// `tag:`, `tag[9]:` and RouterOS's `topic,topic` are none.
    private static func isHostname(_ line: RawSpan, at start: Int) -> Bool {
        if line.hasByte(UInt8(ascii: "%"), at: start) { return true }
        var offset = start
        while offset < line.byteCount {
            switch line.byte(at: offset) {
            case UInt8(ascii: " "):
                return offset > start && line.byte(at: offset &- 1) != UInt8(ascii: ":")
            case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "="):
                return false
            default: offset &+= 1
            }
        }
        return false
    }
}

extension ZoneNames {
    public static let option = OptionSpec(
        "zone_names", .text, repeatable: true,
        help: "What an abbreviation in timestamps means: `IST=+05:30`, `CST=America/Chicago`.")

    /// The built-in names and those of the option `zone_names`.
    ///
    /// - Parameter problems: grows by every entry that is none.
    public init(
        _ settings: PluginSettings, in database: ZoneDatabase = .system,
        problems: inout [SettingsProblem]
    ) {
        self = .stock
        let key = Self.option.key
        for given in settings.given where given.key == key {
            guard case .text(let text) = given.value else { continue }
            guard let equals = text.firstIndex(of: "=") else {
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: given.location,
                        "'\(key)' wants NAME=ZONE, not '\(text)'",
                        hint: "for example IST=+05:30"))
                continue
            }
            let name = String(text[..<equals])
            let zone = TimeZone.read(
                String(text[text.index(after: equals)...]), of: key, at: given.location,
                in: database, problems: &problems)
            if let zone, !add(name, zone) {
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: given.location,
                        "'\(key)' has '\(name)', which is no zone's name in timestamps",
                        hint: "two to eight capitals"))
            }
        }
    }
}
