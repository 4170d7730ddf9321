import Core

/// The topics in front of a RouterOS message: `firewall,info`.
struct TopicList {
    /// Where the list lies.
    var range: Range<Int>
    /// Where the text behind it starts, which is not behind the end of a line.
    var next: Int
    /// What the topics say about importance, as a syslog severity; `nil` when they do not.
    var severity: UInt8?
    /// Whether such messages come in several lines: those for debugging, but not those of `dns`.
    var isDump = false
    /// Whether such messages may be a firewall's, or logins: names that others choose look like them.
    var mayBeFirewall = true
    var mayBeLogin = true

    /// Reads a list that ends at a space or the end of `limit`.
    ///
    /// A word counts when RouterOS is known to use it; a single word must tell the importance or be
    /// one of those that RouterOS sends alone, so that a message beginning with `system` or `packet`
    /// is none. Version 6 leaves words empty, WinBox puts spaces behind the commas. Relays that take
    /// the list for the tag of RFC 3164 put a colon behind it; then it must have a comma.
    ///
    /// - Parameter allowsOne: whether a single word may be a list.
    static func read(
        _ line: RawSpan, at start: Int, limit: Int, allowsOne: Bool = true
    ) -> TopicList? {
        guard scan(line, at: start, limit: limit, allowsOne: allowsOne).mayBeList else {
            return nil
        }
        var offset = start
        var wordStart = start
        var words = 0
        var seen: Importance = []
        var hasFeature = false
        var isFirewall = false
        var isSystem = false
        var isSpaced = false
        while offset <= limit {
            let byte = offset < limit ? line.byte(at: offset) : UInt8(ascii: " ")
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                offset &+= 1
                // The longest topic has 11 letters.
                if offset &- wordStart > 16 { return nil }
            case UInt8(ascii: " ") where offset == wordStart && words > 0:
                // WinBox shows `wireless, info`.
                guard allowsOne, offset < limit,
                    line.byte(at: offset &- 1) == UInt8(ascii: ",")
                else { return nil }
                isSpaced = true
                offset &+= 1
                wordStart = offset
            case UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: ":"):
                let word = line.extracting(wordStart..<offset)
                if let importance = Importance(word) {
                    seen.formUnion(importance)
                } else if TopicTable.contains(word) {
                    switch word.byteCount {
                    case 6 where word.hasBytes(of: "system"): isSystem = true
                    case 7 where word.hasBytes(of: "account"): break
                    case 8 where word.hasBytes(of: "firewall"): isFirewall = true
                    default: hasFeature = true
                    }
                } else if words == 0 || word.byteCount > 0 || byte == UInt8(ascii: ":") {
                    return nil
                }
                words += 1
                if byte != UInt8(ascii: ",") {
                    let hasColon = byte == UInt8(ascii: ":")
                    let isImportant = seen.severity ?? 7 < 7
                    let isAlone =
                        allowsOne && !hasColon
                        && (isImportant || TopicTable.isSentAlone(word))
                        && !line.hasBytes(of: "error while ", at: start)
                    guard words > 1 || isAlone, !isSpaced || !seen.isEmpty && !hasColon,
                        !hasColon || line.hasByte(UInt8(ascii: " "), at: offset &+ 1)
                    else { return nil }
                    return TopicList(
                        range: start..<offset,
                        next: Swift.min(offset &+ (hasColon ? 2 : 1), line.byteCount),
                        severity: seen.severity,
                        isDump: !isImportant && !seen.isDisjoint(with: [.debug, .dump])
                            && !line.hasBytes(of: "dns,", at: start),
                        mayBeFirewall: isFirewall || !hasFeature && !isSystem,
                        mayBeLogin: isSystem || !hasFeature && !isFirewall)
                }
                offset &+= 1
                wordStart = offset
            default: return nil
            }
        }
        return nil
    }

    /// Where the word at `start` ends, and whether it may be a list: most words are told apart without
    /// being looked up.
    @inline(__always)
    static func scan(
        _ line: RawSpan, at start: Int, limit: Int, allowsOne: Bool
    ) -> (end: Int, mayBeList: Bool) {
        let (end, hasComma) = wordEnd(line, from: start, limit: limit)
        guard end > start else { return (end, false) }
        let last = line.byte(at: end &- 1)
        guard ByteSet.topicList.contains(last) else {
            return (end, hasComma && last == UInt8(ascii: ":"))
        }
        return (end, hasComma || allowsOne && mayBeAlone(line, start..<end))
    }

    /// Whether a word alone is a list: when it tells the importance, or is sent alone.
    private static func mayBeAlone(_ line: RawSpan, _ range: Range<Int>) -> Bool {
        guard (3...8).contains(range.count) else { return false }
        let word = line.extracting(range)
        return Importance(word) != nil || TopicTable.isSentAlone(word)
    }

    /// The first space or `limit`, and whether a comma stands before it; eight bytes at a time.
    private static func wordEnd(
        _ line: RawSpan, from start: Int, limit: Int
    ) -> (end: Int, hasComma: Bool) {
        var offset = start
        var hasComma = false
        while offset &+ 8 <= limit {
            // The first byte is the highest.
            let word = line.uint64(at: offset).byteSwapped
            let spaces = zeroBytes(word ^ 0x2020_2020_2020_2020)
            let commas = zeroBytes(word ^ 0x2c2c_2c2c_2c2c_2c2c)
            if spaces != 0 {
                if commas.trailingZeroBitCount < spaces.trailingZeroBitCount { hasComma = true }
                return (offset &+ spaces.trailingZeroBitCount / 8, hasComma)
            }
            if commas != 0 { hasComma = true }
            offset &+= 8
        }
        while offset < limit, line.byte(at: offset) != UInt8(ascii: " ") {
            if line.byte(at: offset) == UInt8(ascii: ",") { hasComma = true }
            offset &+= 1
        }
        return (offset, hasComma)
    }

    /// The lowest byte that is zero has its highest bit set, and none below it has.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    /// Topics that tell how important a message is.
    struct Importance: OptionSet {
        let rawValue: UInt8

        static let critical = Importance(rawValue: 1)
        static let error = Importance(rawValue: 2)
        static let warning = Importance(rawValue: 4)
        static let info = Importance(rawValue: 8)
        static let debug = Importance(rawValue: 16)
        /// `packet` and `raw`: dumps, which come with `debug` when their importance matters.
        static let dump = Importance(rawValue: 32)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init?(_ word: RawSpan) {
            switch word.byteCount {
            case 3 where word.hasBytes(of: "raw"): self = .dump
            case 4 where word.hasBytes(of: "info"): self = .info
            case 5 where word.hasBytes(of: "error"): self = .error
            case 5 where word.hasBytes(of: "debug"): self = .debug
            case 6 where word.hasBytes(of: "packet"): self = .dump
            case 7 where word.hasBytes(of: "warning"): self = .warning
            case 8 where word.hasBytes(of: "critical"): self = .critical
            default: return nil
            }
        }

        /// As RouterOS itself maps them; an error stays one when it is critical, too.
        var severity: UInt8? {
            if contains(.error) { return 3 }
            if contains(.critical) { return 2 }
            if contains(.warning) { return 4 }
            if contains(.info) { return 6 }
            return contains(.debug) ? 7 : nil
        }
    }
}

/// The list of topics read last: reading one word by word takes several times as long.
struct TopicMemory: ~Copyable {
    private var text = ByteBuffer()
    private var list: TopicList?

    /// The list, when the same one stands at `start`.
    @inline(__always)
    func find(_ line: RawSpan, at start: Int) -> TopicList? {
        guard var found = list else { return nil }
        let end = start &+ text.count
        let hasColon = line.hasByte(UInt8(ascii: ":"), at: end)
        let next = hasColon ? end &+ 2 : end &+ 1
        guard line.hasByte(UInt8(ascii: " "), at: next &- 1),
            text.bytes.hasSameBytes(as: line.extracting(start..<end))
        else { return nil }
        found.range = start..<end
        found.next = next
        return found
    }

    /// - Returns: `found`.
    @inline(never)
    mutating func keep(_ found: TopicList?, _ line: RawSpan) -> TopicList? {
        // Whether one word is a list depends on where it stands.
        guard let found,
            line.firstIndex(of: UInt8(ascii: ","), from: found.range.lowerBound) ?? .max
                < found.range.upperBound
        else { return found }
        text.removeAll()
        text.append(line.extracting(found.range))
        list = found
        return found
    }
}

/// The feature topics that the RouterOS manual lists, and a few seen on devices.
enum TopicTable {
    private static let topics: [[StaticString]] = byLength([
        "account", "acme-client", "amt", "async", "backup", "bfd", "bgp", "bridge", "calc", "caps",
        "certificate", "clock", "container", "ddns", "dhcp", "discover", "disk", "dns", "dot1x",
        "dude", "e-mail", "event", "evpn", "fetch", "firewall", "gps", "gsm", "health", "hotspot",
        "igmp-proxy", "interface", "ipsec", "iscsi", "isdn", "isis", "kvm", "l2tp", "ldp", "lora",
        "lte", "manager", "mme", "mpls", "mqtt", "mvrp", "natpmp", "netinstall", "netwatch", "ntp",
        "ospf", "ovpn", "pim", "poe-in", "poe-out", "pon", "ppp", "pppoe", "pptp", "ptp", "queue",
        "radius", "radvd", "read", "rip", "route", "rpki", "rproxy", "rsvp", "script", "sertcp",
        "simulator", "smb", "snmp", "socksify", "ssh", "ssld", "sstp", "state", "store", "stp",
        "system", "telephony", "tftp", "timer", "tr069", "update", "upnp", "ups", "vpls", "vrrp",
        "watchdog", "web-proxy", "wifi", "wiliot", "wireguard", "wireless", "write", "zerotier",
    ])

    private static func byLength(_ names: [StaticString]) -> [[StaticString]] {
        var table = [[StaticString]](repeating: [], count: 12)
        for name in names { table[name.utf8CodeUnitCount].append(name) }
        return table
    }

    /// Whether RouterOS sends a feature's topic without an importance.
    static func isSentAlone(_ word: RawSpan) -> Bool {
        switch word.byteCount {
        case 3: word.hasBytes(of: "dns")
        case 4: word.hasBytes(of: "snmp") || word.hasBytes(of: "upnp")
        case 5: word.hasBytes(of: "ipsec")
        default: false
        }
    }

    static func contains(_ word: RawSpan) -> Bool {
        guard word.byteCount < topics.count else { return false }
        for topic in topics[word.byteCount] where word.hasBytes(of: topic) { return true }
        return false
    }
}
