import Codec
public import Core
import System

/// Prints records on standard output as JSON Lines: the `stdout` output.
///
/// What was printed cannot be taken back, so after a failure or a restart records may be printed
/// twice.
public final class StdoutOutput: Output {
    public static let info = PluginInfo(
        kind: .output, name: "stdout", summary: "Prints records as JSON Lines",
        options: [
            OptionSpec(
                "format", .choice(["json_lines"]), default: "json_lines",
                help: "One JSON object per line."),
            OptionSpec(
                "json_date_key", .text, default: "false",
                help: "Key for the record's time, put first; `false` adds none."),
        ])

    private let print: (RawSpan) -> Bool
    private var writer: JSONLinesWriter
    private var pending = ByteBuffer()

    public convenience init(settings: PluginSettings) throws(SettingsError) {
        try self.init(settings: settings) { StandardStream.output.write($0) }
    }

    /// - Parameter print: takes the text; `false` when nobody reads it.
    init(settings: PluginSettings, print: @escaping (RawSpan) -> Bool) throws(SettingsError) {
        let key = settings.text("json_date_key") ?? "false"
        writer = JSONLinesWriter(dateKey: key == "false" ? nil : key)
        self.print = print
    }

    public func open(resuming state: [UInt8], log: Log) throws(OperationError) {
        pending.removeAll()
    }

    public func write(_ batch: borrowing RecordBatch) throws(OperationError) {
        writer.append(batch, to: &pending)
    }

    public func commit() throws(OperationError) -> [UInt8] {
        guard Self.print(pending, with: print) else {
            throw OperationError(
                .fileWriteFailed, call: "write", target: "standard output",
                reason: "nobody reads it", canRetry: true)
        }
        pending.removeAll(keepingAtMost: 2 << 20)
        return []
    }

    private static func print(
        _ pending: borrowing ByteBuffer, with print: (RawSpan) -> Bool
    ) -> Bool {
        pending.isEmpty || print(pending.bytes)
    }

    public func close() { pending.removeAll() }

    public func destination(of row: Row, tag: String, received: Timestamp) -> String { "stdout" }
}
