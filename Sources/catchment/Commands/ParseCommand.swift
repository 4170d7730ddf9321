import Capture
import Core
import Pipeline
import System
import YAML

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
    ) throws(CommandLineProblem) {
        options = try ParseOptions(arguments)
        self.registry = registry
        self.parsers = parsers
        if options.configuration == nil, let reading = options.reading {
            try ContentRouter.check(reading, registry: registry, parsers: parsers)
        }
    }

    /// - Returns: the exit status: 0, or 1 when something could not be read.
    func run() -> Int32 {
        run(
            output: StandardTextStream(.output), messages: StandardTextStream(.error),
            now: .now())
    }

    /// - Parameter now: the time received of what has none in its file.
    func run(output: any TextStream, messages: any TextStream, now: Timestamp) -> Int32 {
        guard let router = makeRouter(messages: messages) else { return 1 }
        let printer: any RecordPrinter =
            switch options.format {
            case .json: JSONPrinter(output)
            case .table: TablePrinter(output)
            }
        let session = ParseSession(
            router: router, printer: printer, messages: messages, limit: options.limit, now: now)
        session.progress = ParseProgress(
            messages, isShown: !options.isQuiet && messages.columns != nil && output.columns == nil)
        for path in options.captures where !session.isDone { session.read(path) }
        session.finish()
        if !options.isQuiet { messages.write(session.summary.text(of: router)) }
        return session.summary.unreadable == 0 ? 0 : 1
    }

    /// - Returns: `nil` after saying what is wrong with the configuration.
    private func makeRouter(messages: any TextStream) -> (any PayloadRouter)? {
        guard let path = options.configuration else {
            return ContentRouter(reading: options.reading, registry: registry, parsers: parsers)
        }
        let configuration = Configuration.load(path)
        let result = Plan.make(
            from: configuration.root, registry: registry, problems: configuration.problems,
            isComplete: configuration.isComplete)
        for problem in result.problems { messages.write("\(problem)\n") }
        guard let plan = result.plan else { return nil }
        do {
            return try PlanRouter(plan, reading: options.reading)
        } catch {
            for problem in error.problems { messages.write("\(problem)\n") }
            return nil
        }
    }
}
