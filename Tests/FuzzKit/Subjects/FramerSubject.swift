import Core
import Net

/// Frames of a stream: the same whether the stream comes at once or in pieces.
///
/// The byte in front chooses the format and the length of the pieces.
final class FramerSubject: FuzzSubject {
    private struct Frames: Equatable {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        var kinds: [UInt8] = []
    }

    func execute(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let control = Int(input.byte(at: 0))
        let stream = input.extracting(1..<input.byteCount)
        let formats = Framer.Format.allCases
        let format = formats[control % formats.count]
        let whole = frames(of: stream, format: format, pieces: Swift.max(1, stream.byteCount))
        let cut = frames(of: stream, format: format, pieces: 1 + control / formats.count)
        precondition(whole == cut, "pieces of a stream give other frames: \(whole) and \(cut)")
    }

    private func frames(of stream: RawSpan, format: Framer.Format, pieces: Int) -> Frames {
        var framer = Framer(format: format, limit: 64)
        var result = Frames()
        var start = 0
        var end = 0
        while true {
            // The bytes not consumed yet, as a connection keeps them.
            let bytes = stream.extracting(start..<end)
            let step = framer.next(in: bytes, at: 0)
            switch step {
            case .needMore:
                if end == stream.byteCount {
                    if let rest = framer.remainder(of: bytes, at: 0) {
                        add(bytes, rest.range, kind: rest.isWhole ? 0 : 3, to: &result)
                    }
                    return result
                }
                end = Swift.min(end + pieces, stream.byteCount)
            case .frame(let range, let next):
                add(bytes, range, kind: 0, to: &result)
                start += advance(next, range)
            case .cut(let range, let next):
                add(bytes, range, kind: 1, to: &result)
                start += advance(next, range)
            case .lost(let range, let next):
                add(bytes, range, kind: 2, to: &result)
                start += advance(next, range)
            case .skip(let next):
                start += advance(next, 0..<0)
            case .broken:
                // Nothing of the stream is understood from here on, wherever it was cut.
                add(bytes, 0..<0, kind: 4, to: &result)
                return result
            }
        }
    }

    private func advance(_ next: Int, _ range: Range<Int>) -> Int {
        precondition(next > 0 && next >= range.upperBound, "no progress: \(range), \(next)")
        return next
    }

    private func add(_ bytes: RawSpan, _ range: Range<Int>, kind: UInt8, to frames: inout Frames) {
        frames.bytes += bytes.extracting(range).makeArray()
        frames.ends.append(frames.bytes.count)
        frames.kinds.append(kind)
    }
}
