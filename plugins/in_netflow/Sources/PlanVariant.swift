/// What was told outside a template's fields; it decides which columns its records get.
///
/// Packed: it is compared once per data set (case `ipfix decode` of the benchmarks).
struct PlanVariant: Hashable, Sendable {
    private var bits: UInt32 = 0
    /// Seconds by which the exporter's clock is ahead of UTC.
    var clockOffset: Int32 = 0

    /// Who told the sampling rate; it stands in the run's constants unless in a field.
    var sampling: Sampling.Source {
        get { Sampling.Source(rawValue: UInt8(truncatingIfNeeded: bits)) ?? .unknown }
        set { bits = bits & ~0xff | UInt32(newValue.rawValue) }
    }

    /// Names that rows end with, a slot each.
    var names: NameKinds {
        get { NameKinds(rawValue: UInt8(truncatingIfNeeded: bits >> 8)) }
        set { bits = bits & ~0xff00 | UInt32(newValue.rawValue) << 8 }
    }

    /// Options data told element 160, systemInitTimeMilliseconds.
    var isBootTimeKnown: Bool {
        get { self[16] }
        set { self[16] = newValue }
    }

    /// The rate stands in the run's constants because the record's own was sent little-endian.
    var isRateRepaired: Bool {
        get { self[17] }
        set { self[17] = newValue }
    }

    /// The sender passes on what others sent, and is believed about who they are.
    var isMediated: Bool {
        get { self[18] }
        set { self[18] = newValue }
    }

    /// The configuration has a name for the exporter; it stands in the run's constants.
    var isNamed: Bool {
        get { self[19] }
        set { self[19] = newValue }
    }

    private subscript(bit: UInt32) -> Bool {
        get { bits >> bit & 1 == 1 }
        set { bits = newValue ? bits | 1 << bit : bits & ~(1 << bit) }
    }
}
