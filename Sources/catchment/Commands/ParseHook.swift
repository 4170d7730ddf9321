import Core
import Parsers
import Pipeline

/// Hands `parse` its arguments.
enum ParseHook {
    static func run(_ arguments: [String], _ console: Console, _ registry: Registry) -> Int32 {
        do throws(UsageError) {
            let command = try ParseCommand(
                arguments: arguments, registry: registry, parsers: ParserLibrary.stock)
            return command.run(console)
        } catch {
            console.error(error)
            if arguments.isEmpty { console.note("\n" + ParseOptions.usage(registry)) }
            return 2
        }
    }
}
