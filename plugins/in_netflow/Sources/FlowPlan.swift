import Core

/// The sampling rate of records and who told it.
struct Sampling: Hashable, Sendable {
    enum Source: Int, Sendable, CaseIterable {
        case unknown, record, options, header

        /// The value of `sampling_source`.
        var name: String { "\(self)" }
    }

    static let unknown = Sampling(rate: 0, source: .unknown)

    /// 1-in-N; 0 when unknown.
    let rate: UInt32
    let source: Source

    init(rate: UInt32, source: Source) {
        self.rate = rate
        self.source = rate == 0 ? .unknown : source
    }
}

/// What was told outside a template's fields; it decides which columns its records get.
struct PlanVariant: Hashable, Sendable {
    /// Who told the sampling rate that stands in the run's constants.
    var sampling = Sampling.Source.unknown
    /// Options data told element 160, systemInitTimeMilliseconds.
    var isBootTimeKnown = false
    /// The rate stands in the run's constants because the record's own was sent little-endian.
    var isRateRepaired = false

    static let count = Sampling.Source.allCases.count * 4
    var index: Int {
        sampling.rawValue * 4 + (isBootTimeKnown ? 2 : 0) + (isRateRepaired ? 1 : 0)
    }
}

/// A template compiled: the shape of its records.
struct FlowPlan: Sendable {
    let shape: Shape

    init(shape: Shape) { self.shape = shape }

    /// - Parameters:
    ///   - learned: elements that the exporter named itself.
    ///   - repeatsConsumed: whether `ie` repeats the elements that have columns.
    init(
        _ layout: TemplateLayout, _ variant: PlanVariant, _ learned: [ElementKey: Element] = [:],
        repeatsConsumed: Bool
    ) {
        var compiler = ShapeCompiler(layout, variant, learned, repeatsConsumed: repeatsConsumed)
        shape = compiler.compile()
    }

    /// Bytes of memory, roughly.
    var byteCount: Int { shape.columns.count * 192 }
}
