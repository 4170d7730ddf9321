import Glibc
import System

/// The program: reads its arguments and ends with the status of the command.
@main
enum Main {
    static func main() {
        let program = Program(console: .standard, registry: Plugins.registry)
        exit(program.run(Array(CommandLine.arguments.dropFirst())))
    }
}
