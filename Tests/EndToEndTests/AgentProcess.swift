import Foundation
import TestKit
import Testing

/// Calls `isDone` until it says yes.
///
/// - Returns: whether it did within the time.
func waits(atMost seconds: TimeInterval = 20, until isDone: () throws -> Bool) rethrows -> Bool {
    let deadline = Date() + seconds
    while Date() < deadline {
        if try isDone() { return true }
        Thread.sleep(forTimeInterval: 0.003)
    }
    return try isDone()
}

/// The built program as a process of its own; it dies with this value.
final class AgentProcess {
    /// Beside the test bundle, where the package manager puts it.
    static let binary: URL = URL(fileURLWithPath: "/proc/self/exe")
        .resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("catchment")

    private let process = Process()
    private let directory: TemporaryDirectory

    /// Starts the program with empty standard input.
    ///
    /// - Parameters:
    ///   - input: a file to read as standard input instead.
    ///   - command: a command that becomes the program, with its arguments.
    init(
        _ arguments: [String], input: String = "/dev/null", under command: [String] = []
    ) throws {
        directory = try TemporaryDirectory()
        for name in ["out", "err"] { _ = try directory.write("", to: name) }
        let words = command + [Self.binary.path] + arguments
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = ["PATH": "/usr/bin:/bin", "HOSTNAME": "collector"]
        process.standardInput = FileHandle(forReadingAtPath: input)
        process.standardOutput = FileHandle(forWritingAtPath: directory.file("out"))
        process.standardError = FileHandle(forWritingAtPath: directory.file("err"))
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var output: String { text("out") }
    var errors: String { text("err") }

    private func text(_ name: String) -> String {
        String(decoding: (try? directory.read(name)) ?? [], as: UTF8.self)
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until all inputs and outputs run.
    func waitForStart() throws {
        _ = waits { errors.contains(" started: ") || !process.isRunning }
        try #require(errors.contains(" started: "), "\(errors)")
    }

    /// Waits for the end.
    ///
    /// - Returns: the exit status.
    func status() throws -> Int32 {
        try #require(waits { !process.isRunning }, "it does not end: \(errors)")
        try #require(process.terminationReason == .exit, "it crashed: \(errors)")
        return process.terminationStatus
    }

    /// Ends the process as a power failure would.
    func killAtOnce() throws {
        signal(SIGKILL)
        try #require(waits { !process.isRunning })
    }

    /// Asks for the accounts as they are now.
    ///
    /// - Returns: `nil` when they do not come.
    func ledger() -> PrintedLedger? {
        let length = errors.utf8.count
        signal(SIGUSR1)
        guard waits(until: { errors.utf8.count > length }) else { return nil }
        return PrintedLedger(errors)
    }

    /// The port that an input's log line names.
    func port(of input: String) throws -> UInt16 {
        let line = errors.split(separator: "\n").first {
            $0.contains("[\(input)] listening on ")
        }
        let address = try #require(line?.split(separator: " on ").last, "\(errors)")
        let port = address.split(separator: ",")[0].split(separator: ":").last
        return try #require(port.flatMap { UInt16($0) })
    }
}
