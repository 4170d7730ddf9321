import Core
import System

/// Where a command's text goes: a standard stream, or memory in tests.
protocol TextStream: AnyObject {
    /// - Returns: `false` when nobody reads any more.
    @discardableResult
    func write(_ bytes: RawSpan) -> Bool

    /// Columns of the terminal; `nil` when it is none.
    var columns: Int? { get }
}

extension TextStream {
    @discardableResult
    func write(_ text: String) -> Bool { Array(text.utf8).withBytes { write($0) } }
}

/// A standard stream of the process.
final class StandardTextStream: TextStream {
    private let stream: StandardStream

    init(_ stream: StandardStream) { self.stream = stream }

    func write(_ bytes: RawSpan) -> Bool { stream.write(bytes) }

    var columns: Int? { stream.columns }
}
