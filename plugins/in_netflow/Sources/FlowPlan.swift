import Core

/// What the exporter told outside the records of a template; it decides which columns they get.
struct PlanVariant: Hashable, Sendable {
    /// Where the sampling rate comes from, when not from the record itself.
    enum Sampling: Int, Sendable {
        case unknown, options, header
    }

    var sampling = Sampling.unknown
    /// Options data told element 160, systemInitTimeMilliseconds.
    var isBootTimeKnown = false

    static let count = 6
    var index: Int { sampling.rawValue * 2 + (isBootTimeKnown ? 1 : 0) }
}

/// A template compiled: the shape of its records.
struct FlowPlan: Sendable {
    let shape: Shape

    /// - Parameter repeatsConsumed: whether `ie` repeats the elements that have columns.
    init(_ layout: TemplateLayout, _ variant: PlanVariant, repeatsConsumed: Bool) {
        var compiler = ShapeCompiler(layout, variant, repeatsConsumed: repeatsConsumed)
        shape = compiler.compile()
    }

    /// Bytes of memory, roughly.
    var byteCount: Int { shape.columns.count * 192 }
}
