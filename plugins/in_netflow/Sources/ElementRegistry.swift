import Core

/// What is known about an information element.
struct Element: Hashable, Sendable {
    /// The member of `ie`: `minimumIpTotalLength`, `cisco.tcpWindowSizeMin`, `e9id1`.
    var name: String
    var encoding: Encoding
    /// Set for structured data.
    var list: ListKind?
}

/// The forms of structured data (RFC 6313 §4).
enum ListKind: Hashable, Sendable {
    /// Values of one element.
    case basic
    /// Records of one template.
    case template
    /// Records of several templates.
    case multi
}

/// The abstract data types of RFC 7012 §3.1, as far as they differ in how bytes are read.
///
/// The raw values are the letters of `ElementTable`.
enum ElementType: UInt8, Sendable {
    case unsigned = 0x75  // u
    case signed = 0x69  // i
    case float = 0x66  // f
    case boolean = 0x62  // b
    case mac = 0x6d  // m
    case address = 0x61  // a
    case string = 0x73  // s
    case octets = 0x6f  // o
    case seconds = 0x53  // S
    case milliseconds = 0x4d  // M
    case microseconds = 0x55  // U
    case nanoseconds = 0x4e  // N
    case basicList = 0x4c  // L
    case subTemplateList = 0x54  // T
    case subTemplateMultiList = 0x58  // X

    var list: ListKind? {
        switch self {
        case .basicList: .basic
        case .subTemplateList: .template
        case .subTemplateMultiList: .multi
        default: nil
        }
    }

    var encoding: Encoding {
        switch self {
        case .unsigned: .unsigned
        case .signed: .signed
        case .float: .float
        case .boolean: .ipfixBoolean
        case .mac: .mac
        case .address: .address
        // NetFlow v9 pads strings of fixed length with NUL, and so do IPFIX exporters.
        case .string: .paddedText
        case .octets: .bytes
        case .basicList, .subTemplateList, .subTemplateMultiList: .nested
        case .seconds: .seconds
        case .milliseconds: .milliseconds
        case .microseconds: .ntpMicroseconds
        case .nanoseconds: .ntpNanoseconds
        }
    }
}

/// Names and types of IANA's and the vendors' elements, found by number.
struct ElementRegistry: Sendable {
    private struct Entry: Sendable {
        var key: ElementKey
        var type: ElementType
        /// Where the name lies in the table's text.
        var name: Range<Int>
    }

    static let shared = ElementRegistry(ElementTable.text)

    private let text: StaticString
    /// Sorted by key.
    private let entries: [Entry]

    init(_ text: StaticString) {
        self.text = text
        entries = Self.parse(text)
    }

    var count: Int { entries.count }

    /// All elements with their names, sorted by number.
    var all: [(key: ElementKey, name: String)] {
        entries.indices.map { (entries[$0].key, name(at: $0)) }
    }

    private static func parse(_ text: StaticString) -> [Entry] {
        var entries: [Entry] = []
        entries.reserveCapacity(ElementTable.count)
        var enterprise: UInt32 = 0
        var offset = 0
        while offset < text.utf8CodeUnitCount {
            let isHeading = byte(of: text, at: offset) == UInt8(ascii: "@")
            if isHeading { offset += 1 }
            var number: UInt32 = 0
            while let digit = digit(of: text, at: offset) {
                number = number &* 10 &+ digit
                offset += 1
            }
            var end = offset
            while let byte = byte(of: text, at: end), byte != UInt8(ascii: "\n") { end += 1 }
            if isHeading {
                enterprise = number
            } else if let type = byte(of: text, at: offset).flatMap(ElementType.init(rawValue:)) {
                entries.append(
                    Entry(
                        key: ElementKey(
                            enterprise: enterprise, UInt16(truncatingIfNeeded: number)),
                        type: type, name: offset + 1..<end))
            }
            offset = end + 1
        }
        return entries
    }

    private static func byte(of text: StaticString, at offset: Int) -> UInt8? {
        guard offset < text.utf8CodeUnitCount else { return nil }
        // The guard proves the bounds; a static string's storage lives for ever.
        return unsafe text.utf8Start[offset]
    }

    private static func digit(of text: StaticString, at offset: Int) -> UInt32? {
        guard let byte = byte(of: text, at: offset), (0x30...0x39).contains(byte) else {
            return nil
        }
        return UInt32(byte - 0x30)
    }

    private func known(_ key: ElementKey) -> Element? {
        guard let index = index(of: key) else { return nil }
        let type = entries[index].type
        return Element(name: name(at: index), encoding: type.encoding, list: type.list)
    }

    /// The type of an element that has a number of its own.
    private func type(of key: ElementKey) -> ElementType? {
        index(of: key).map { entries[$0].type }
    }

    private func index(of key: ElementKey) -> Int? {
        let index = firstIndex(notBefore: key)
        return index < entries.count && entries[index].key == key ? index : nil
    }

    private func firstName(ofEnterprise enterprise: UInt32) -> String? {
        let index = firstIndex(notBefore: ElementKey(enterprise: enterprise, 0))
        guard index < entries.count, entries[index].key.enterprise == enterprise else {
            return nil
        }
        return name(at: index)
    }

    private func firstIndex(notBefore key: ElementKey) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func name(at index: Int) -> String {
        let bytes = entries[index].name.compactMap { Self.byte(of: text, at: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ElementRegistry {
    /// The element with this number; unknown ones are octets named after it.
    func element(_ key: ElementKey, of flowProtocol: FlowProtocol) -> Element {
        if key.isScope { return Self.scope(key.number) }
        if let element = known(key) ?? reverse(key) {
            // Structured data is part of IPFIX only.
            if element.list == nil || flowProtocol == .ipfix { return element }
            return Element(name: element.name, encoding: .bytes)
        }
        let name =
            flowProtocol == .ipfix
            ? "e\(key.enterprise)id\(key.number)" : "v9t\(key.number)"
        return Element(name: name, encoding: .bytes)
    }

    /// Whether the number has a name, in its registry or as a reverse direction.
    func isKnown(_ key: ElementKey) -> Bool {
        key.isScope || type(of: key) != nil || reverse(key) != nil
    }

    /// What the names of an enterprise's elements begin with.
    func vendor(ofEnterprise enterprise: UInt32) -> String? {
        guard let name = firstName(ofEnterprise: enterprise), let dot = name.firstIndex(of: ".")
        else { return nil }
        return String(name[..<dot])
    }

    /// The form of an element that holds structured data.
    func list(_ key: ElementKey, of flowProtocol: FlowProtocol) -> ListKind? {
        if flowProtocol != .ipfix || key.isScope { return nil }
        return type(of: key).map(\.list) ?? reverse(key)?.list
    }

    /// The element behind a NetFlow v9 field type, which has no enterprise number.
    ///
    /// Cisco sends elements of its enterprise 9 as number + 32768, nProbe those of ntop (35632)
    /// as number + 57472.
    func key(ofV9Type type: UInt16) -> ElementKey {
        let plain = ElementKey(type)
        guard type >= 0x8000, known(plain) == nil else { return plain }
        if type >= 57_472 {
            let ntop = ElementKey(enterprise: 35_632, type - 57_472)
            if known(ntop) != nil { return ntop }
        }
        let cisco = ElementKey(enterprise: 9, type - 0x8000)
        return known(cisco) != nil ? cisco : plain
    }

    /// Reverse directions: enterprise 29305 (RFC 5103 §6.1), and in CERT's enterprise 6871 the
    /// number plus 16384.
    private func reverse(_ key: ElementKey) -> Element? {
        let certEnterprise: UInt32 = 6871
        if key.enterprise == ElementKey.reverseEnterprise {
            guard let forward = known(ElementKey(key.number)) else { return nil }
            return Element(
                name: Self.reversed(forward.name), encoding: forward.encoding, list: forward.list)
        }
        guard key.enterprise == certEnterprise, key.number & 0x4000 != 0,
            let forward = known(ElementKey(enterprise: certEnterprise, key.number & 0x3fff)),
            let dot = forward.name.firstIndex(of: ".")
        else { return nil }
        let name = String(forward.name[forward.name.index(after: dot)...])
        return Element(
            name: forward.name[...dot] + Self.reversed(name), encoding: forward.encoding)
    }

    private static func reversed(_ name: String) -> String {
        "reverse" + name.prefix(1).uppercased() + name.dropFirst()
    }

    /// RFC 3954 §6.1.
    private static func scope(_ number: UInt16) -> Element {
        let name =
            switch number {
            case 1: "scopeSystem"
            case 2: "scopeInterface"
            case 3: "scopeLineCard"
            case 4: "scopeCache"
            case 5: "scopeTemplate"
            default: "scope\(number)"
            }
        return Element(name: name, encoding: .unsigned)
    }
}
