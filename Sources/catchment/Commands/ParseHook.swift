import Core
import Pipeline

/// Hands `parse` its arguments.
enum ParseHook {
    static func run(_ arguments: [String], _ console: Console, _ registry: Registry) -> Int32 {
        console.error(UsageError(.unknownCommand, "'parse' is not part of this build"))
        return 2
    }
}
