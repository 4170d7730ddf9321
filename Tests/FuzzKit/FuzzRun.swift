import Core
import System

/// Runs a target on many inputs in this process.
public struct FuzzRun {
    public let target: FuzzTarget
    public var seed: UInt64 = 1
    /// Inputs to run; the subject is made anew after each `renewal` of them.
    public var executions = 1000
    /// Stops earlier after so many seconds.
    public var seconds: Int64 = .max / 1_000_000_000
    /// Directories with captures and logs to begin with.
    public var directories: [String] = []
    /// A directory with inputs that an earlier run kept.
    public var corpus: String?
    /// Where the input being run is kept, for those that end the process.
    public var note: InputNote?

    private static let renewal = 1 << 16

    public init(_ target: FuzzTarget) { self.target = target }

    public struct Summary: Sendable {
        public var executions = 0
        public var bytes = 0
        public var nanoseconds: Int64 = 0
    }

    /// - Parameter progress: told the number of inputs run, from time to time.
    public func run(progress: (Int) -> Void = { _ in }) -> Summary {
        var corpus = target.seeds()
        for directory in directories { corpus.addFiles(of: directory, for: target.reader) }
        if let kept = self.corpus { corpus.addInputs(of: kept, layout: target.layout) }
        var mutator = Mutator(corpus, layout: target.layout, seed: seed)
        var subject = target.makeSubject()
        var summary = Summary()
        let start = MonotonicClock.now()
        while summary.executions < executions {
            if summary.executions & (Self.renewal - 1) == 0 { subject = target.makeSubject() }
            mutator.makeInput()
            mutator.input.withBytes { input in
                note?.keep(input)
                subject.execute(input)
            }
            summary.executions += 1
            summary.bytes += mutator.input.count
            guard summary.executions & 1023 == 0 else { continue }
            progress(summary.executions)
            if (MonotonicClock.now() - start) / 1_000_000_000 >= seconds { break }
        }
        summary.nanoseconds = MonotonicClock.now() - start
        return summary
    }
}
