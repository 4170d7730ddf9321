package import Core
import System

/// Adds constant fields and removes others, as Fluent Bit's `record_modifier` does.
///
/// Fields are removed and added in the shape; only `uuid_key` writes bytes into each row.
package final class RecordModifierFilter: Filter {
    package static let info = PluginInfo(
        kind: .filter, name: "record_modifier", summary: "Add constant fields and remove others",
        options: [
            OptionSpec(
                "record", .pair, repeatable: true,
                help: "Write a field, replacing one that is there: KEY VALUE"),
            OptionSpec(
                "remove_key", .text, repeatable: true,
                help: "Remove a field; a `*` at the end stands for any rest"),
            OptionSpec(
                "allowlist_key", .text, repeatable: true,
                help: "Keep only fields listed so; a `*` at the end stands for any rest"),
            OptionSpec(
                "whitelist_key", .text, repeatable: true, help: "The same as allowlist_key"),
            OptionSpec("uuid_key", .text, help: "Write a random UUID into this field"),
        ])

    private let additions: [(key: String, value: String)]
    private let removed: [KeyName]
    private let allowed: [KeyName]
    private let identifierKey: String?
    private var results = ShapeCache<Shape>()

    package init(settings: PluginSettings) throws(SettingsError) {
        additions = settings.pairs("record").map { (key: $0.key, value: $0.value) }
        removed = settings.texts("remove_key").map(KeyName.init)
        allowed = (settings.texts("allowlist_key") + settings.texts("whitelist_key"))
            .map(KeyName.init)
        identifierKey = settings.text("uuid_key")
        if !removed.isEmpty && !allowed.isEmpty {
            throw SettingsError(
                .conflictingKeys, at: settings.location(of: "remove_key"),
                "'remove_key' and 'allowlist_key' exclude each other",
                hint: "use two record_modifier filters")
        }
    }

    package func apply(to batch: inout RecordBatch) {
        batch.reshape { shape in
            results.value(for: shape) { changed($0) }
        }
        guard let identifierKey else { return }
        batch.widen(
            by: UUIDText.byteCount,
            column: { offset in
                Column(identifierKey, .text, .row(offset: offset, length: UUIDText.byteCount))
            },
            fill: { _, buffer in
                UUIDText(high: Process.randomUInt64(), low: Process.randomUInt64())
                    .append(to: &buffer)
            })
    }

    /// Removed columns are hidden where they are, so derivations and the event time stay right.
    private func changed(_ shape: Shape) -> Shape {
        var columns = shape.columns
        for index in columns.indices where !keeps(columns[index].name) {
            columns[index].isHidden = true
        }
        for (key, value) in additions { columns.append(.literal(key, text: value)) }
        return columns == shape.columns
            ? shape : shape.replacingColumns(columns, timeColumn: shape.timeColumn)
    }

    private func keeps(_ name: String) -> Bool {
        if additions.contains(where: { $0.key == name }) || name == identifierKey { return false }
        if !allowed.isEmpty { return allowed.contains { $0.matches(name) } }
        return !removed.contains { $0.matches(name) }
    }
}
