import Core
import System

/// Where records go: standard output, or memory in tests.
protocol ParseOutput: AnyObject {
    /// - Returns: `false` when nobody reads any more.
    func write(_ bytes: RawSpan) -> Bool

    /// Columns of the terminal; `nil` when it is none.
    var columns: Int? { get }
}

extension ParseOutput {
    func write(_ text: String) -> Bool { Array(text.utf8).withBytes { write($0) } }
}

final class StandardOutput: ParseOutput {
    func write(_ bytes: RawSpan) -> Bool { StandardStream.output.write(bytes) }

    var columns: Int? { StandardStream.output.columns }
}
