import Codec
public import Core

/// Reads the lines that container runtimes write, and makes records of them.
///
/// Fields of a record: `time` (the event time), `stream`, `log` (the program's text) and whatever
/// else the runtime adds. Serves one thread; holds one line at a time.
public final class ContainerReader {
    /// What a line says besides its fields.
    struct Piece {
        let stream: ContainerStream
        /// Whether the text goes on in the next line of the stream.
        let isPartial: Bool
    }

    /// The time of lines that have none.
    public var received = Timestamp(nanoseconds: 0)
    private let formats: [ContainerFormat]
    /// The name of the field for the program's text.
    private let textName: String
    private let time = TimeRule()
    private var json = JSONReader()
    private var record = RecordBuilder()
    private var scratch = ByteBuffer()
    /// The program's text, and its index among the fields.
    private var text = ByteBuffer()
    private var textIndex = 0

    public init(formats: [ContainerFormat], textName: String = "log") {
        self.formats = formats
        self.textName = textName
    }

    /// Takes up a line; `nil` when it is of none of the formats.
    func read(_ line: RawSpan) -> Piece? {
        for format in formats {
            record.begin()
            switch format {
            case .docker: if let piece = readDocker(line) { return piece }
            case .cri: if let piece = readCRI(line) { return piece }
            }
        }
        return nil
    }

    /// Calls `body` with the program's text of the line.
    func withText<Result>(_ body: (RawSpan) -> Result) -> Result { text.withBytes(body) }

    /// Gives the line another text.
    func replaceText(with text: RawSpan) {
        record.replace(at: textIndex, text: text)
        keepText(text)
    }

    /// Bytes of the program's text.
    public var textCount: Int { text.count }

    /// Whether the program's text is an empty line.
    public var isEmptyLine: Bool { text.count == (hasEnd ? 1 : 0) }

    /// Appends the line's record; once for each line.
    public func append(to batch: inout RecordBatch) { record.finish(into: &batch) }

    // MARK: Docker

    private func readDocker(_ line: RawSpan) -> Piece? {
        guard line.byteCount > 0, line.byte(at: 0) == UInt8(ascii: "{") else { return nil }
        record.add(TimeRule.timeName, eventTime: received)
        do {
            try json.readObject(line, into: &record)
        } catch {
            return nil
        }
        if let index = record.index(of: time.key, from: 1) { takeTime(at: index) }
        guard let index = record.index(of: "log", from: 1),
            record.value(at: index).withText(scratch: &scratch, keepText) != nil
        else { return nil }
        textIndex = index
        var stream: ContainerStream?
        if let index = record.index(of: "stream", from: 1) {
            stream = record.value(at: index).withText(scratch: &scratch) { ContainerStream($0) }
        }
        if textName != "log" { record.rename(at: textIndex, to: textName) }
        return Piece(stream: stream ?? .other, isPartial: !hasEnd)
    }

    private func keepText(_ bytes: RawSpan) {
        text.removeAll()
        text.append(bytes)
    }

    /// Whether the text ends with LF.
    private var hasEnd: Bool {
        text.withBytes { $0.byteCount > 0 && $0.byte(at: $0.byteCount - 1) == UInt8(ascii: "\n") }
    }

    private func takeTime(at index: Int) {
        let moment = record.value(at: index).withText(scratch: &scratch) {
            time.parse($0, received: received)
        }
        guard let moment = moment ?? nil else {
            return record.rename(at: index, to: time.keptName)
        }
        record.replace(at: 0, timestamp: moment)
        record.remove(at: index)
    }

    // MARK: CRI

    private func readCRI(_ line: RawSpan) -> Piece? {
        var start = 0
        guard let timeText = word(of: line, &start), let streamText = word(of: line, &start),
            let tag = word(of: line, &start),
            let moment = time.parse(line.extracting(timeText), received: received)
        else { return nil }
        let stream = ContainerStream(line.extracting(streamText))
        // Further tags may follow behind a colon.
        guard stream != .other, !tag.isEmpty,
            tag.count == 1 || line.byte(at: tag.lowerBound + 1) == UInt8(ascii: ":")
        else { return nil }
        let isPartial: Bool
        switch line.byte(at: tag.lowerBound) {
        case UInt8(ascii: "P"): isPartial = true
        case UInt8(ascii: "F"): isPartial = false
        default: return nil
        }
        record.add(TimeRule.timeName, eventTime: moment)
        record.add("stream", text: line.extracting(streamText))
        textIndex = record.count
        let rest = line.extracting(min(start, line.byteCount)..<line.byteCount)
        record.add(textName, text: rest)
        keepText(rest)
        return Piece(stream: stream, isPartial: isPartial)
    }

    /// The bytes up to a blank or the end; moves `start` behind the blank.
    private func word(of line: RawSpan, _ start: inout Int) -> Range<Int>? {
        guard start < line.byteCount else { return nil }
        let end = line.firstIndex(of: UInt8(ascii: " "), from: start) ?? line.byteCount
        defer { start = end + 1 }
        return start..<end
    }
}
