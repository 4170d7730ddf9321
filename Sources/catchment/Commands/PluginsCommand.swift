import Core
import Pipeline

/// Lists the plugins of this program.
struct PluginsCommand {
    func run(_ console: Console, _ registry: Registry) -> Int32 {
        var table = TextTable(["KIND", "NAME", "WHAT IT DOES"])
        for info in registry.infos { table.add([info.kind.rawValue, info.name, info.summary]) }
        console.output(table.text(width: console.columns, .wrapLastColumn))
        return 0
    }
}
