import Core
import FuzzKit
import Glibc
import System

#if COVERAGE
import CFuzzer
#endif

/// Runs the code that reads bytes of strangers on inputs nobody sends on purpose.
///
/// A program for development; `scripts/fuzz.py` drives it.
@main
struct Main {
    static let usage = """
        usage: fuzz list
               fuzz run TARGET [--executions N] [--seconds N] [--seed N] [--seeds DIR]...
                        [--corpus DIR] [--note FILE]
               fuzz replay TARGET FILE...        runs the inputs in files
               fuzz seeds TARGET DIR             writes inputs to begin with
               fuzz growth TARGET [--rounds N] [--seed N]
               fuzz coverage TARGET [OPTION...]  libFuzzer, in builds made for it

        """

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let command = arguments.first else { stop(usage) }
        if command == "list" {
            for target in FuzzTarget.all { print(target.name, target.summary, separator: "\t") }
            return
        }
        guard arguments.count > 1, let target = FuzzTarget.named(arguments[1]) else { stop(usage) }
        let rest = Array(arguments.dropFirst(2))
        switch command {
        case "run": run(target, Options(rest))
        case "replay": replay(target, rest)
        case "seeds": writeSeeds(target, rest)
        case "growth": grow(target, Options(rest))
        #if COVERAGE
        case "coverage": coverage(target)
        #endif
        default: stop(usage)
        }
    }

    static func stop(_ text: String) -> Never {
        StandardStream.error.write(text)
        exit(2)
    }

    /// Prints `executions seconds megabytes`.
    private static func run(_ target: FuzzTarget, _ options: Options) {
        var run = FuzzRun(target)
        run.seed = options.seed
        run.executions = options.executions
        run.seconds = options.seconds
        run.directories = options.directories
        run.corpus = options.corpus
        run.note = options.note.flatMap { InputNote(path: $0) }
        let watchdog = Watchdog(seconds: 20)
        watchdog.start()
        let summary = run.run { _ in watchdog.tick() }
        let seconds = Double(summary.nanoseconds) / 1e9
        print(summary.executions, seconds, peakMegabytes, summary.bytes, separator: "\t")
    }

    private static func replay(_ target: FuzzTarget, _ files: [String]) {
        for file in files {
            let subject = target.makeSubject()
            guard let bytes = try? FileSystem.readFile(file) else { stop("cannot read \(file)\n") }
            bytes.withBytes { subject.execute($0) }
            print("\(file): \(bytes.count) bytes, nothing found")
        }
    }

    private static func writeSeeds(_ target: FuzzTarget, _ directories: [String]) {
        guard directories.count == 1 else { stop(usage) }
        for (index, input) in target.seedInputs.enumerated() {
            let path = "\(directories[0])/seed-\(index)"
            do {
                try input.withBytes { bytes throws(OperationError) in
                    try FileSystem.replaceFile(path, with: bytes, isDurable: false)
                }
            } catch {
                stop("\(error)\n")
            }
        }
    }

    private static func grow(_ target: FuzzTarget, _ options: Options) {
        var check = GrowthCheck(target)
        check.seed = options.seed
        check.rounds = options.rounds
        let (findings, slowest) = check.run()
        for finding in findings { print("superlinear", describe(finding), separator: "\t") }
        if let slowest { print("slowest", describe(slowest), separator: "\t") }
        if !findings.isEmpty { exit(1) }
    }

    private static func describe(_ finding: GrowthCheck.Finding) -> String {
        let times = finding.times.map { String(Int($0)) }.joined(separator: " ")
        let tail = finding.input.suffix(48).map {
            (0x20..<0x7f).contains($0) ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16)
        }
        return "us at 1..64 kB: \(times)\t...\(tail.joined())"
    }

    #if COVERAGE
    /// The subject that libFuzzer calls; it calls from the main thread only.
    private nonisolated(unsafe) static var subject: (any FuzzSubject)?

    /// Hands the arguments behind the target to libFuzzer.
    private static func coverage(_ target: FuzzTarget) {
        unsafe subject = target.makeSubject()
        // libFuzzer keeps the words: they are never freed.
        let words = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(3)
        var list = unsafe words.map { unsafe strdup($0) } + [nil]
        var count = Int32(words.count)
        unsafe list.withUnsafeMutableBufferPointer { buffer in
            var base = buffer.baseAddress
            _ = unsafe LLVMFuzzerRunDriver(&count, &base) { data, length in
                let bytes = unsafe UnsafeRawBufferPointer(start: data, count: length)
                // The bytes live for the call.
                unsafe Main.subject?.execute(RawSpan(_unsafeBytes: bytes))
                return 0
            }
        }
    }
    #endif

    /// Of this process so far.
    private static var peakMegabytes: Int {
        var usage = rusage()
        // The structure lives for the call; its unit is kB.
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) / 1024
    }
}

/// What `--` options say.
struct Options {
    var executions = 1_000_000
    var seconds: Int64 = 1 << 32
    var seed: UInt64 = 1
    var rounds = 200
    var directories: [String] = []
    var corpus: String?
    var note: String?

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { Main.stop(Main.usage) }
            let number = Int(value)
            switch (option, number) {
            case ("--executions", let number?): executions = number
            case ("--seconds", let number?): seconds = Int64(number)
            case ("--seed", let number?): seed = UInt64(number)
            case ("--rounds", let number?): rounds = number
            case ("--seeds", _): directories.append(value)
            case ("--corpus", _): corpus = value
            case ("--note", _): note = value
            default: Main.stop(Main.usage)
            }
        }
    }
}
