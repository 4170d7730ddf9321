import Core

/// What an exporter tells about elements of its own enterprise (RFC 5610 §3).
struct LearnedElements {
    /// One options record about an element, as far as it was read.
    struct Description {
        /// Elements 346, 303 and 339.
        var enterprise: UInt32?
        var number: UInt16?
        var type: UInt8?
        /// Element 341.
        var name: String?

        mutating func take(_ bytes: RawSpan, of element: ElementKey) {
            switch (element, bytes.byteCount) {
            case (346, 1...4): enterprise = UInt32(truncatingIfNeeded: bytes.unsigned())
            case (303, 1...2): number = UInt16(truncatingIfNeeded: bytes.unsigned()) & 0x7fff
            case (339, 1): type = bytes.byte(at: 0)
            case (341, 1...LearnedElements.nameLimit): name = LearnedElements.name(bytes)
            default: break
            }
        }
    }

    /// Elements kept per domain; further ones are not learned.
    static let limit = 1024
    /// Bytes of a name; longer ones are not taken.
    static let nameLimit = 64

    /// Grows whenever something was learned, so that shapes made before can be told.
    private(set) var version = 0
    private var elements: [ElementKey: Element] = [:]

    /// Elements that the registry knows stay as they are.
    mutating func learn(_ description: Description) {
        guard let enterprise = description.enterprise, enterprise != 0,
            let number = description.number, let type = description.type,
            let name = description.name
        else { return }
        let key = ElementKey(enterprise: enterprise, number)
        let registry = ElementRegistry.shared
        guard !registry.isKnown(key), elements[key] != nil || elements.count < Self.limit else {
            return
        }
        let vendor = registry.vendor(ofEnterprise: enterprise) ?? "e\(enterprise)"
        let element = Element(name: "\(vendor).\(name)", encoding: Self.encoding(type))
        if elements[key] == element { return }
        elements[key] = element
        version += 1
    }

    /// Those that a template has.
    func elements(of layout: TemplateLayout) -> [ElementKey: Element] {
        if elements.isEmpty { return [:] }
        return layout.fields.reduce(into: [:]) { $0[$1.element] = elements[$1.element] }
    }

    /// RFC 5610 §3.1; lists stay bytes, for a template's rows are laid out before it is known that
    /// they hold some.
    private static func encoding(_ type: UInt8) -> Encoding {
        switch type {
        case 1...4: .unsigned
        case 5...8: .signed
        case 9, 10: .float
        case 11: .ipfixBoolean
        case 12: .mac
        case 13: .paddedText
        case 14: .seconds
        case 15: .milliseconds
        case 16: .ntpMicroseconds
        case 17: .ntpNanoseconds
        case 18, 19: .address
        default: .bytes
        }
    }

    /// Names become those of fields: letters, digits and underscores, trailing NULs cut off.
    fileprivate static func name(_ bytes: RawSpan) -> String? {
        var end = bytes.byteCount
        while end > 0, bytes.byte(at: end - 1) == 0 { end -= 1 }
        guard end > 0 else { return nil }
        for offset in 0..<end {
            switch bytes.byte(at: offset) {
            case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a: continue
            default: return nil
            }
        }
        return bytes.extracting(0..<end).makeString()
    }
}
