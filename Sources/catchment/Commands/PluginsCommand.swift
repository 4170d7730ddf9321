import Core
import Pipeline

/// Lists the plugins of this program.
struct PluginsCommand {
    func run(_ console: Console, _ registry: Registry) -> Int32 {
        var table = Table(["kind", "name", "what it does"])
        for info in registry.infos { table.add([info.kind.rawValue, info.name, info.summary]) }
        console.output(table.text(columns: console.columns))
        return 0
    }
}
