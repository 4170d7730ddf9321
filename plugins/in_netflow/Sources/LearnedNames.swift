import Core

/// Kinds of numbers in records that exporters tell names for.
struct NameKinds: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let interfaces = NameKinds(rawValue: 1)
    static let vrfs = NameKinds(rawValue: 2)
    static let applications = NameKinds(rawValue: 4)
}

/// Names that an exporter told in options data for interfaces, VRFs and applications.
struct LearnedNames {
    /// Names kept per kind; further ones are not learned.
    static let limit = 16_384
    /// Bytes of a name; longer ones are cut.
    static let nameLimit = 128
    /// Memory of an entry besides its text, roughly.
    private static let overhead = 80

    /// One options record, as far as it was read.
    struct Description {
        fileprivate var interface: UInt64?
        fileprivate var vrf: UInt64?
        fileprivate var application: UInt64?
        fileprivate var interfaceName: [UInt8] = []
        fileprivate var interfaceText: [UInt8] = []
        fileprivate var vrfName: [UInt8] = []
        fileprivate var applicationName: [UInt8] = []

        /// - Parameter bytes: not empty.
        mutating func take(_ bytes: RawSpan, of element: ElementKey) {
            switch element {
            case .interfaceScope, 10, 14, 252, 253: interface = interface ?? LearnedNames.id(bytes)
            case 234, 235: vrf = vrf ?? LearnedNames.id(bytes)
            case 95: application = application ?? LearnedNames.applicationID(bytes)
            case 82: interfaceName = LearnedNames.text(bytes)
            case 83: interfaceText = LearnedNames.text(bytes)
            case 236: vrfName = LearnedNames.text(bytes)
            case 96: applicationName = LearnedNames.text(bytes)
            default: break
            }
        }
    }

    /// Of which at least one name is known.
    private(set) var kinds: NameKinds = []
    /// Bytes of memory, roughly.
    private(set) var byteCount = 0
    private var interfaces: [UInt64: [UInt8]] = [:]
    private var vrfs: [UInt64: [UInt8]] = [:]
    private var applications: [UInt64: [UInt8]] = [:]

    /// The name of what a field of a record has as its number.
    func name(of kind: NameKinds, _ number: RawSpan) -> [UInt8]? {
        switch kind {
        case .interfaces: Self.id(number).flatMap { interfaces[$0] }
        case .vrfs: Self.id(number).flatMap { vrfs[$0] }
        default: Self.applicationID(number).flatMap { applications[$0] }
        }
    }

    /// The name of an interface by its index.
    func interface(_ index: UInt32) -> [UInt8]? { interfaces[UInt64(index)] }

    /// Takes the name that an sFlow agent gives one of its ports.
    mutating func learn(_ name: RawSpan, ofInterface index: UInt32) {
        let text = Self.text(name)
        if text.isEmpty { return }
        byteCount += Self.store(text, UInt64(index), in: &interfaces)
        kinds.insert(.interfaces)
    }

    /// A description stands for a name where none is told.
    mutating func learn(_ description: Description) {
        let interfaceName =
            description.interfaceName.isEmpty
            ? description.interfaceText : description.interfaceName
        if let id = description.interface, !interfaceName.isEmpty {
            byteCount += Self.store(interfaceName, id, in: &interfaces)
            kinds.insert(.interfaces)
        }
        if let id = description.vrf, !description.vrfName.isEmpty {
            byteCount += Self.store(description.vrfName, id, in: &vrfs)
            kinds.insert(.vrfs)
        }
        if let id = description.application, !description.applicationName.isEmpty {
            byteCount += Self.store(description.applicationName, id, in: &applications)
            kinds.insert(.applications)
        }
    }

    /// - Returns: what memory grew by.
    private static func store(
        _ name: [UInt8], _ id: UInt64, in names: inout [UInt64: [UInt8]]
    ) -> Int {
        if let old = names[id] {
            if old == name { return 0 }
            names[id] = name
            return name.count - old.count
        }
        guard names.count < limit else { return 0 }
        names[id] = name
        return name.count + overhead
    }

    private static func id(_ bytes: RawSpan) -> UInt64? {
        (1...8).contains(bytes.byteCount) ? bytes.unsigned() : nil
    }

    /// Engine and selector (RFC 6759 §4.1); selectors of different lengths may be equal.
    private static func applicationID(_ bytes: RawSpan) -> UInt64? {
        guard (2...8).contains(bytes.byteCount) else { return nil }
        let selector = bytes.extracting(1..<bytes.byteCount).unsigned()
        return UInt64(bytes.byte(at: 0)) << 56 | selector
    }

    /// The text without NULs at its end, cut between characters.
    private static func text(_ bytes: RawSpan) -> [UInt8] {
        var end = bytes.byteCount
        if end > nameLimit {
            end = nameLimit
            while end > 0, bytes.byte(at: end) & 0xc0 == 0x80 { end -= 1 }
        }
        while end > 0, bytes.byte(at: end - 1) == 0 { end -= 1 }
        return bytes.extracting(0..<end).makeArray()
    }
}

extension ElementKey {
    /// Scope "interface" of NetFlow v9 (RFC 3954 §6.1).
    static let interfaceScope = ElementKey.scope(2)
}
