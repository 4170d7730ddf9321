import Capture
import Core
import Pipeline
import System

/// `catchment parse`: decodes captures and prints the records, alone or as a configuration would
/// treat them.
struct ParseCommand {
    private let options: ParseOptions
    private let registry: Registry
    private let parsers: any ParserDirectory

    /// - Parameters:
    ///   - arguments: what follows `parse`.
    ///   - parsers: the stock parsers, for `--as`.
    init(
        arguments: [String], registry: Registry, parsers: any ParserDirectory
    ) throws(UsageError) {
        options = try ParseOptions(arguments)
        self.registry = registry
        self.parsers = parsers
        if options.configuration == nil, let reading = options.reading {
            try ContentRouter.check(reading, registry: registry, parsers: parsers)
        }
    }

    /// - Returns: the exit status: 0, 1 when a capture could not be read, 2 when the configuration
    ///   is wrong.
    func run(_ console: Console) -> Int32 {
        // A bar that moves between printed records would tear them.
        let hasBar = StandardStream.error.isTerminal && !StandardStream.output.isTerminal
        return run(
            console, output: StandardOutput(), progress: hasBar && !options.isQuiet,
            now: .now())
    }

    /// - Parameter now: the time received of what has none in its file.
    func run(
        _ console: Console, output: any ParseOutput, progress: Bool, now: Timestamp
    ) -> Int32 {
        guard let router = makeRouter(console) else { return 2 }
        let printer: any RecordPrinter =
            switch options.format {
            case .json: JSONPrinter(output)
            case .table: TablePrinter(output)
            }
        let session = ParseSession(
            router: router, printer: printer, console: console, limit: options.limit, now: now)
        if progress { session.progress = ParseProgress(console) }
        for path in options.captures where !session.isDone { session.read(path) }
        session.finish()
        if !options.isQuiet { console.errors(session.summary.text(of: router)) }
        return session.summary.unreadable == 0 ? 0 : 1
    }

    /// - Returns: `nil` after saying what is wrong with the configuration.
    private func makeRouter(_ console: Console) -> (any PayloadRouter)? {
        guard let path = options.configuration else {
            return ContentRouter(reading: options.reading, registry: registry, parsers: parsers)
        }
        let result = PipelineSource(file: path).plan(registry)
        PlanReport.show(result, on: console)
        guard let plan = result.plan else { return nil }
        do throws(SettingsError) {
            return try PlanRouter(plan, reading: options.reading)
        } catch {
            console.show(error.problems, as: .error)
            return nil
        }
    }
}
