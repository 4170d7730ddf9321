import Core

/// What the configuration says about the columns of all records of an input.
struct ShapeOptions: Sendable {
    /// Whether `ie` repeats the elements that have columns.
    var repeatsConsumed = false
    /// Whether counters multiplied by the sampling rate stand beside them.
    var estimates = true
    var profile = SchemaProfile.flat
    /// Elements that the user named.
    var defined: [ElementKey: Element] = [:]
}

/// A template compiled: the shape of its records.
struct FlowPlan: Sendable {
    let shape: Shape

    init(shape: Shape) { self.shape = shape }

    /// - Parameter learned: elements that the exporter named itself.
    init(
        _ layout: TemplateLayout, _ variant: PlanVariant, _ learned: [ElementKey: Element],
        _ options: ShapeOptions
    ) {
        var compiler = ShapeCompiler(layout, variant, learned, options)
        shape = options.profile.apply(to: compiler.compile())
    }

    /// Bytes of memory, roughly.
    var byteCount: Int { shape.columns.count * 192 }
}
