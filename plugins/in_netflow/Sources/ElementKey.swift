/// The number of an information element together with who assigned it.
///
/// Enterprise 0 is IANA's registry; its numbers from 32768 on, which IPFIX cannot carry, are the
/// private field types of NetFlow v9.
struct ElementKey: Hashable, Comparable, Sendable {
    /// Enterprise number above the low 16 bits, element number in them.
    let raw: UInt64

    init(enterprise: UInt32 = 0, _ number: UInt16) {
        raw = UInt64(enterprise) << 16 | UInt64(number)
    }

    private init(raw: UInt64) { self.raw = raw }

    /// A scope of a NetFlow v9 options template, which is no element number (RFC 3954 §6.1).
    static func scope(_ number: UInt16) -> ElementKey {
        ElementKey(raw: 1 << 48 | UInt64(number))
    }

    /// The reverse direction of an IANA element (RFC 5103 §6.1).
    static func reverse(_ number: UInt16) -> ElementKey {
        ElementKey(enterprise: reverseEnterprise, number)
    }

    static let reverseEnterprise: UInt32 = 29_305

    var isScope: Bool { raw >> 48 != 0 }
    var enterprise: UInt32 { UInt32(truncatingIfNeeded: raw >> 16) }
    var number: UInt16 { UInt16(truncatingIfNeeded: raw) }

    static func < (left: ElementKey, right: ElementKey) -> Bool { left.raw < right.raw }
}

extension ElementKey: ExpressibleByIntegerLiteral {
    /// An element of IANA's registry.
    init(integerLiteral number: UInt16) { self.init(number) }
}
