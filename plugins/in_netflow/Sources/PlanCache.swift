import Core

/// Plans for templates with elements that exporters named themselves, shared by those that told
/// the same.
struct PlanCache {
    private struct Key: Hashable {
        var layout: TemplateLayout
        var variant: PlanVariant
        var learned: [ElementKey: Element]
    }

    /// A shape lives as long as a template has it.
    private struct Entry {
        weak var shape: Shape?
    }

    private var entries: [Key: Entry] = [:]
    /// Entries at which those without a shape are taken out.
    private var sweepCount = 256

    /// - Parameters:
    ///   - learned: what the exporter told about elements of the layout.
    ///   - options: the same in all calls.
    mutating func plan(
        for layout: TemplateLayout, _ variant: PlanVariant, _ learned: [ElementKey: Element],
        _ options: ShapeOptions
    ) -> FlowPlan {
        let key = Key(layout: layout, variant: variant, learned: learned)
        if let known = entries[key]?.shape { return FlowPlan(shape: known) }
        if entries.count >= sweepCount {
            entries = entries.filter { $0.value.shape != nil }
            sweepCount = Swift.max(256, entries.count * 2)
        }
        let made = FlowPlan(layout, variant, learned, options)
        entries[key] = Entry(shape: made.shape)
        return made
    }
}
