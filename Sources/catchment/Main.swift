import Glibc
import System

/// The program: reads its arguments and ends with the status of the command.
@main
enum Main {
    static func main() {
        let program = Program(console: .standard, registry: Plugins.registry)
        let status = program.run(Array(CommandLine.arguments.dropFirst()))
        // Not `exit`: its handlers free what OpenSSL and libcurl hold, while threads that send to a
        // store may still be ending, or hang in a call. Nothing is written through C's streams.
        _exit(status)
    }
}
