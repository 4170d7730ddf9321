import Core
import Parsers

/// Lines of a file and groups of them: the same whether the file is read at once or in pieces, and
/// with every byte in one of them.
///
/// The lines are read as those of containers, too.
///
/// The byte in front chooses the rules of the groups and the length of the pieces.
final class LineSubject: FuzzSubject {
    private let joiners = StockMultiline.all.map {
        MultilineJoiner(MultilineMatcher($0), limit: 256)
    }

    private let containers = ContainerReader(formats: ContainerFormat.allCases)
    private let container: LineJoiner
    private var records = RecordBatch()

    init() {
        container = LineJoiner(
            containers: containers, matcher: MultilineMatcher(StockMultiline.all), limit: 256)
    }

    func execute(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let control = Int(input.byte(at: 0))
        let text = input.extracting(1..<input.byteCount)
        let whole = lines(of: text, pieces: Swift.max(1, text.byteCount))
        let cut = lines(of: text, pieces: 1 + control / joiners.count)
        precondition(whole == cut, "pieces of a file give other lines")
        precondition(
            whole.flatMap { $0 }.count { !$0.isLineEnd }
                == (0..<text.byteCount).count { !text.byte(at: $0).isLineEnd }, "bytes were lost")
        let groups = groups(of: whole, joiners[control % joiners.count])
        let expected = [UInt8](whole.joined(separator: [UInt8(ascii: "\n")]))
        precondition(groups == expected, "groups lost lines")
        joinContainers(text)
    }

    /// Groups begin at lines that were added, and end.
    private func joinContainers(_ text: RawSpan) {
        var cutter = LineCutter(limit: 4096)
        records.removeAll()
        _ = cutter.cut(text, isAtEnd: true) { line, start, _ in
            container.add(line, at: start, text: { _, _ in }, record: append)
            precondition(container.start ?? start <= start, "a group begins behind its line")
        }
        container.flush(text: { _, _ in }, record: append)
        precondition(container.start == nil, "a group stayed open")
    }

    private func append(_ reader: ContainerReader, _ start: Int) {
        reader.append(to: &records)
    }

    private func lines(of text: RawSpan, pieces: Int) -> [[UInt8]] {
        var splitter = LineSplitter(limit: 64)
        var result: [[UInt8]] = []
        var start = 0
        while start < text.byteCount {
            let end = Swift.min(start + pieces, text.byteCount)
            splitter.append(text.extracting(start..<end))
            splitter.takeLines(isAtEnd: end == text.byteCount) { line, _ in
                result.append(line.makeArray())
            }
            start = end
        }
        return result
    }

    private func groups(of lines: [[UInt8]], _ joiner: MultilineJoiner) -> [UInt8] {
        var result: [[UInt8]] = []
        for (index, line) in lines.enumerated() {
            line.withBytes {
                joiner.add($0, at: index) { group, _ in result.append(group.makeArray()) }
            }
        }
        joiner.flush { group, _ in result.append(group.makeArray()) }
        return [UInt8](result.joined(separator: [UInt8(ascii: "\n")]))
    }
}

extension UInt8 {
    fileprivate var isLineEnd: Bool { self == 10 || self == 13 }
}
