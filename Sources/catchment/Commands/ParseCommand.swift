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
        options = try ParseOptions(arguments, registry: registry)
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
        var plan: Plan?
        if let path = options.configuration {
            let result = PipelineSource(file: path).plan(registry)
            PlanReport.show(result, on: console)
            guard let made = result.plan else { return 2 }
            plan = made
        }
        let router: any PayloadRouter
        let inputs: [Source]
        do throws(SettingsError) {
            router = try makeRouter(plan)
            inputs = try makeSources(plan, console)
        } catch {
            console.show(error.problems, as: .error)
            return 2
        }
        let printer: any RecordPrinter =
            switch options.format {
            case .json: JSONPrinter(output)
            case .table: TablePrinter(output)
            }
        let session = ParseSession(
            router: router, printer: printer, console: console, limit: options.limit, now: now,
            isText: options.readsLines)
        if progress { session.progress = ParseProgress(console) }
        for input in inputs where !session.isDone {
            switch input {
            case .file(let path): session.read(path)
            case .stored(let place, let store): session.read(place, from: store)
            }
        }
        session.finish()
        if !options.isQuiet { console.errors(session.summary.text(of: router)) }
        return session.summary.unreadable == 0 ? 0 : 1
    }

    /// Something to read, and from where.
    private enum Source {
        case file(String)
        case stored(StorePlace, any ReadableOutput)
    }

    private func makeRouter(_ plan: Plan?) throws(SettingsError) -> any PayloadRouter {
        if let plan { return try PlanRouter(plan, reading: options.reading) }
        return ContentRouter(reading: options.reading, registry: registry, parsers: parsers)
    }

    private func makeSources(
        _ plan: Plan?, _ console: Console
    ) throws(SettingsError) -> [Source] {
        let stores = ParseStores(
            registry: registry, parsers: parsers, options: options.storeOptions, plan: plan,
            environment: Process.environment)
        var sources: [Source] = []
        for capture in options.captures {
            switch capture {
            case .file(let path): sources.append(.file(path))
            case .stored(let place):
                let (store, isConfigured) = try stores.store(for: place)
                sources.append(.stored(place, store))
                if let file = options.configuration, !isConfigured, !options.isQuiet {
                    console.note(
                        "\(place.text): no output of \(file) writes there; the command line and the "
                            + "environment say where it is")
                }
            }
        }
        return sources
    }
}
