/// What the arguments ask for.
enum Command: Equatable {
    case run(PipelineSource)
    case check(PipelineSource)
    /// Arguments of `parse`, which reads them itself.
    case parse([String])
    /// Arguments of `journal`, which reads them itself.
    case journal([String])
    case plugins
    case describe(String)
    case schema
    case version
    /// With the name of a command, the help of that command.
    case help(String?)

    /// The words that stand first.
    static let names = [
        "run", "check", "parse", "journal", "plugins", "describe", "schema", "version", "help",
    ]
}
