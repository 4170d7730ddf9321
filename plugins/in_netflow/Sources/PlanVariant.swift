/// What was told outside a template's fields; it decides which columns its records get.
struct PlanVariant: Hashable, Sendable {
    /// Who told the sampling rate; it stands in the run's constants unless in a field.
    var sampling = Sampling.Source.unknown
    /// Options data told element 160, systemInitTimeMilliseconds.
    var isBootTimeKnown = false
    /// The rate stands in the run's constants because the record's own was sent little-endian.
    var isRateRepaired = false
    /// Names that rows end with, a slot each.
    var names: NameKinds = []
    /// The sender passes on what others sent, and is believed about who they are.
    var isMediated = false
    /// The configuration has a name for the exporter; it stands in the run's constants.
    var isNamed = false
    /// Seconds by which the exporter's clock is ahead of UTC.
    var clockOffset: Int32 = 0
}
