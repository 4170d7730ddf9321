package import Core
import Patterns

/// Keeps or drops records by matching fields against patterns, as Fluent Bit's `grep` does.
package final class GrepFilter: Filter {
    package static let info = PluginInfo(
        kind: .filter, name: "grep", summary: "Keep or drop records by pattern",
        options: [
            OptionSpec(
                "regex", .keyPattern, repeatable: true,
                help: "Keep records whose field matches the pattern"),
            OptionSpec(
                "exclude", .keyPattern, repeatable: true,
                help: "Drop records whose field matches the pattern"),
            OptionSpec(
                "logical_op", .choice(["legacy", "AND", "OR"]), default: "legacy",
                help: "How several rules work together"),
        ])

    private var rules: [GrepRule]
    private let operation: GrepOperation
    private var scratch = ByteBuffer()
    private var shapes = ShapeCache<[ResolvedField?]>()

    package init(settings: PluginSettings) throws(SettingsError) {
        operation = settings.text("logical_op").flatMap(GrepOperation.init) ?? .legacy
        let (rules, problems) = GrepRule.read(settings, for: operation)
        guard problems.isEmpty else { throw SettingsError(problems) }
        self.rules = rules
    }

    package func apply(to batch: inout RecordBatch) {
        _ = batch.retain { row in
            let fields = shapes.value(for: row.shape) { shape in
                rules.map { $0.path.resolve(in: shape) }
            }
            return operation.keeps(rules) { index in
                guard let field = fields[index] else { return false }
                return field.value(in: row).withText(scratch: &scratch) {
                    rules[index].matcher.matches($0)
                } ?? false
            }
        }
    }
}
