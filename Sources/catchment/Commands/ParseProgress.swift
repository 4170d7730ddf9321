/// A line on the terminal that says how far a large file is read.
final class ParseProgress {
    private let console: Console
    /// Percent shown last; `nil` when the line is empty.
    private var percent: Int?

    /// Files below this many bytes are read before anybody could look.
    private static let smallestFile = 8_000_000

    init(_ console: Console) { self.console = console }

    func update(_ progress: (done: Int, total: Int), path: String) {
        guard progress.total >= Self.smallestFile else { return }
        let percent = progress.done * 100 / progress.total
        guard percent != self.percent else { return }
        self.percent = percent
        let filled = percent / 5
        let bar =
            String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled)
        console.errors("\r[\(bar)] \(percent) % \(path.printable)\u{1b}[K")
    }

    /// Empties the line.
    func clear() {
        if percent == nil { return }
        percent = nil
        console.errors("\r\u{1b}[K")
    }
}
