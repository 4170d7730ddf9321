package import Core
import Patterns

/// Sets, removes, renames, copies and moves fields, as Fluent Bit's `modify` does.
///
/// Rules only change how rows are read: they run once per shape, and no value is copied. Where a
/// rule depends on whether a record has a value, the new column is a derivation that decides.
package final class ModifyFilter: Filter {
    package static let info = PluginInfo(
        kind: .filter, name: "modify", summary: "Set, remove, rename, copy and move fields",
        options: ModifyRule.options + [ModifyCondition.option])

    private let rules: [ModifyRule]
    private let conditions: [ModifyCondition]
    private var scratch = ByteBuffer()
    private var results = ShapeCache<Shape>()
    private var bindings = ShapeCache<[ModifyCondition.Binding]>()

    package init(settings: PluginSettings) throws(SettingsError) {
        var rules: [ModifyRule] = []
        var conditions: [ModifyCondition] = []
        var problems: [SettingsProblem] = []
        for given in settings.given {
            do {
                if given.key == ModifyCondition.option.key {
                    conditions.append(try ModifyCondition(given))
                } else {
                    rules.append(try ModifyRule(given))
                }
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw SettingsError(problems) }
        self.rules = rules
        self.conditions = conditions
    }

    package func apply(to batch: inout RecordBatch) {
        if conditions.isEmpty {
            batch.reshape { changed($0) }
        } else {
            batch.reshape(where: { areMet(by: $0) }, { changed($0) })
        }
    }

    /// The shape after all rules.
    private func changed(_ shape: Shape) -> Shape {
        results.value(for: shape) { shape in
            var layout = Layout(shape)
            for rule in rules { rule.apply(to: &layout) }
            return layout.makeShape()
        }
    }

    private func areMet(by row: Row) -> Bool {
        let bindings = bindings.value(for: row.shape) { shape in
            conditions.map { $0.bind(to: shape) }
        }
        for (index, condition) in conditions.enumerated()
        where !condition.isMet(by: row, bindings[index], scratch: &scratch) {
            return false
        }
        return true
    }
}
