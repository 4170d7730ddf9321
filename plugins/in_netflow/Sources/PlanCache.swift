/// Plans shared by all exporters that announce the same fields.
struct PlanCache {
    private struct Key: Hashable {
        var layout: TemplateLayout
        var variant: PlanVariant
        var learned: [ElementKey: Element]
    }

    private static let limit = 1024

    private var plans: [Key: FlowPlan] = [:]

    /// - Parameters:
    ///   - learned: what the exporter told about elements of the layout.
    ///   - options: the same in all calls.
    /// - Returns: the plan, and whether it was made now.
    mutating func plan(
        for layout: TemplateLayout, _ variant: PlanVariant, _ learned: [ElementKey: Element],
        _ options: ShapeOptions
    ) -> (plan: FlowPlan, isNew: Bool) {
        let key = Key(layout: layout, variant: variant, learned: learned)
        if let known = plans[key] { return (known, false) }
        if plans.count >= Self.limit { plans.removeAll() }
        let made = FlowPlan(layout, variant, learned, options)
        plans[key] = made
        return (made, true)
    }
}
