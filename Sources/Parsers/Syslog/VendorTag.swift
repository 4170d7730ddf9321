import Core

/// The tag with which network devices begin a text: Cisco's `%SYS-5-CONFIG_I:`, Junos's
/// `%INTERACT-5-UI_COMMIT:`, EOS's, Dell's, Huawei's `%%01IFNET/4/LINK_STATE(l)[5]:` and H3C's.
struct VendorTag {
    enum Vendor: Int, CaseIterable {
        case cisco, juniper, arista, huawei, h3c, dell

        var name: String {
            switch self {
            case .cisco: "Cisco"
            case .juniper: "Juniper"
            case .arista: "Arista"
            case .huawei: "Huawei"
            case .h3c: "H3C"
            case .dell: "Dell"
            }
        }
    }

    var vendor: Vendor
    /// The tag without the colon behind it.
    var text: UInt64
    /// Huawei's module; with the sub-facility where there is one: `SYSMGR-STANDBY`.
    var facility: UInt64
    var subfacility = Slot.null
    var severity: UInt8
    var mnemonic: UInt64
    /// Where the message goes on.
    var end: Int

    /// Longest tag that is looked for.
    private static let limit = 128

    /// Reads a tag at `start`, where a `%` stands.
    static func read(_ line: RawSpan, at start: Int) -> VendorTag? {
        if line.hasByte(UInt8(ascii: "%"), at: start &+ 1) { return readModule(line, at: start) }
        var offset = start
        // NX-OS puts the virtual device in front: `%$ VDC-1 %$ %ETHPORT-5-IF_UP:`.
        if line.hasBytes(of: "%$", at: start) {
            guard let end = line.firstIndex(of: UInt8(ascii: "%"), from: start &+ 2),
                end &- start <= 64, line.hasBytes(of: "%$ ", at: end)
            else { return nil }
            offset = SyslogReader.skipSpaces(line, from: end &+ 2)
            guard line.hasByte(UInt8(ascii: "%"), at: offset) else { return nil }
        }
        return readFacility(line, at: offset) ?? readUnit(line, at: offset)
    }

    /// Reads the tag of Dell's FTOS, which names the unit first: `%STKUNIT0-M:CP %IFMGR-5-OSTATE_UP:`.
    private static func readUnit(_ line: RawSpan, at start: Int) -> VendorTag? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":"), from: start),
            let space = line.firstIndex(of: UInt8(ascii: " "), from: start), space &- start <= 24,
            colon > start &+ 1, space &- colon == 3, line.hasByte(UInt8(ascii: "%"), at: space &+ 1)
        else { return nil }
        for offset in start &+ 1..<space where offset != colon {
            guard isTagByte(line.byte(at: offset)) else { return nil }
        }
        guard var tag = readFacility(line, at: space &+ 1) else { return nil }
        tag.vendor = .dell
        return tag
    }

    /// Reads `%FACILITY-SUBFACILITY-SEVERITY-MNEMONIC`, up to a colon, a space or the end.
    private static func readFacility(_ line: RawSpan, at start: Int) -> VendorTag? {
        let first = start &+ 1
        guard first < line.byteCount, line.byte(at: first) &- 0x41 < 26 else { return nil }
        let limit = Swift.min(line.byteCount, start &+ Self.limit)
        var severityAt = -1
        var dash = -1
        var offset = first
        while offset < limit, isTagByte(line.byte(at: offset)) {
            if severityAt < 0, line.byte(at: offset) == UInt8(ascii: "-") {
                if line.hasByte(UInt8(ascii: "-"), at: offset &+ 2),
                    line.byte(at: offset &+ 1) &- 0x30 <= 7
                {
                    severityAt = offset &+ 1
                } else if dash < 0 {
                    dash = offset
                }
            }
            offset &+= 1
        }
        guard severityAt > 0, offset > severityAt &+ 2, offset < limit || offset == line.byteCount
        else { return nil }
        // XR and ASA put a space before the colon.
        var end = offset
        if line.hasBytes(of: " :", at: end) { end &+= 1 }
        if end < line.byteCount {
            let mark = line.byte(at: end)
            guard mark == UInt8(ascii: ":") || mark == UInt8(ascii: " ") else { return nil }
            end &+= 1
            if mark == UInt8(ascii: ":"), line.hasByte(UInt8(ascii: " "), at: end) { end &+= 1 }
        }
        return VendorTag(
            vendor: .cisco, text: SyslogFields.slot(start, offset),
            facility: SyslogFields.slot(first, severityAt &- 1),
            subfacility: dash < 0
                ? Slot.null : SyslogFields.slot(dash &+ 1, severityAt &- 1),
            severity: line.byte(at: severityAt) &- 0x30,
            mnemonic: SyslogFields.slot(severityAt &+ 2, offset), end: end)
    }

    /// Reads `%%01MODULE/SEVERITY/BRIEF(l)[5]:`; 01 is Huawei's VRP, 10 is H3C's Comware.
    private static func readModule(_ line: RawSpan, at start: Int) -> VendorTag? {
        let first = start &+ 4
        guard let maker = line.twoDigits(at: start &+ 2), maker == 1 || maker == 10 else {
            return nil
        }
        let limit = Swift.min(line.byteCount, start &+ Self.limit)
        var offset = first
        while offset < limit, isTagByte(line.byte(at: offset)) { offset &+= 1 }
        let moduleEnd = offset
        guard moduleEnd > first, line.hasByte(UInt8(ascii: "/"), at: moduleEnd),
            line.hasByte(UInt8(ascii: "/"), at: moduleEnd &+ 2),
            line.byte(at: moduleEnd &+ 1) &- 0x30 <= 7
        else { return nil }
        offset = moduleEnd &+ 3
        while offset < limit, isTagByte(line.byte(at: offset)) { offset &+= 1 }
        let briefEnd = offset
        // What is a log (`l`), a trap or a diagnosis, and its number.
        while offset < limit, line.byte(at: offset) != UInt8(ascii: ":"),
            line.byte(at: offset) > 0x20
        { offset &+= 1 }
        guard briefEnd > moduleEnd &+ 3, line.hasByte(UInt8(ascii: ":"), at: offset) else {
            return nil
        }
        let end = line.hasByte(UInt8(ascii: " "), at: offset &+ 1) ? offset &+ 2 : offset &+ 1
        return VendorTag(
            vendor: maker == 1 ? .huawei : .h3c, text: SyslogFields.slot(start, offset),
            facility: SyslogFields.slot(first, moduleEnd),
            severity: line.byte(at: moduleEnd &+ 1) &- 0x30,
            mnemonic: SyslogFields.slot(moduleEnd &+ 3, briefEnd), end: end)
    }

    @inline(__always)
    private static func isTagByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// What a vendor's tag and header say beside the fields of syslog.
struct VendorFields {
    var vendor = VendorTag.Vendor.cisco
    var facility = Slot.null
    var subfacility = Slot.null
    /// The tag's severity; `nil` when there is no tag.
    var severity: UInt8?
    /// IOS-XR's node: `RP/0/RSP0/CPU0`.
    var node = Slot.null
    /// The time since the device started, where it writes that for a time: `1d02h`.
    var uptime = Slot.null
    /// The second of two numbers (`service sequence-numbers`): of all the device's messages.
    var logNumber: UInt32 = 0

    /// Junos's facilities with `explicit-priority`, where NX-OS and XR have others.
    private static let junosFacilities: [StaticString] = [
        "AUTH", "CHANGE", "CONFLICT", "CONSOLE", "DAEMON", "DFC", "EXTERNAL", "FIREWALL", "FTP",
        "INTERACT", "KERN", "NTP", "PFE", "SYSLOG", "USER",
    ]

    /// Takes over what a tag says.
    ///
    /// - Parameter process: the name in front of the tag: a process of Junos or XR, of which only XR
    ///   has facilities of two parts, or an agent of EOS, which has no number.
    mutating func set(_ tag: VendorTag, in line: RawSpan, process: UInt64, processID: UInt64) {
        vendor = tag.vendor
        facility = tag.facility
        subfacility = tag.subfacility
        severity = tag.severity
        guard process != Slot.null, tag.vendor == .cisco, tag.subfacility == Slot.null else {
            return
        }
        if Self.junosFacilities.contains(where: { Self.text(line, tag.facility, is: $0) }) {
            vendor = .juniper
        } else if processID == Slot.null, Self.isAgent(line, process) {
            vendor = .arista
        }
    }

    private static func text(_ line: RawSpan, _ slot: UInt64, is known: StaticString) -> Bool {
        Int(slot & 0xffff_ffff) == known.utf8CodeUnitCount
            && line.hasBytes(of: known, at: Int(slot >> 32))
    }

    /// Whether a name is written as EOS writes its agents': `Ebra`, `ConfigAgent`, `Rib`.
    private static func isAgent(_ line: RawSpan, _ slot: UInt64) -> Bool {
        let start = Int(slot >> 32)
        let end = start &+ Int(slot & 0xffff_ffff)
        guard end &- start >= 3, line.byte(at: start) &- 0x41 < 26,
            line.byte(at: start &+ 1) &- 0x61 < 26
        else { return false }
        for offset in start..<end where !line.byte(at: offset).isLetter { return false }
        return true
    }
}
