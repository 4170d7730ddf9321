import Core
import Pipeline

/// Turns arguments into a command and runs it.
///
/// Exit statuses: 0 when all went well, 1 when running failed, 2 when the command line or the
/// configuration is wrong and nothing was started.
struct Program {
    let console: Console
    let registry: Registry

    /// - Returns: the exit status.
    func run(_ arguments: [String]) -> Int32 {
        let command: Command
        do throws(UsageError) {
            command = try CommandParser.parse(arguments)
        } catch {
            console.error(error)
            return 2
        }
        return switch command {
        case .run(let source): RunCommand(source: source).run(console, registry)
        case .check(let source): CheckCommand(source: source).run(console, registry)
        case .parse(let arguments): ParseHook.run(arguments, console, registry)
        case .journal(let arguments): JournalCommand.run(arguments, console)
        case .plugins: PluginsCommand().run(console, registry)
        case .describe(let name): DescribeCommand(name: name).run(console, registry)
        case .schema: SchemaCommand().run(console, registry)
        case .version: console.say(Version.text)
        case .help(let topic): console.say(HelpText.text(topic, registry: registry))
        }
    }
}
