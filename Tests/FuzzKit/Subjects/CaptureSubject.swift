import Capture
import Core

/// A capture file: it is refused, or what it holds is handed out and counted.
final class CaptureSubject: FuzzSubject {
    func execute(_ input: RawSpan) {
        let source = MemorySource(input.makeArray())
        guard
            let file = try? CaptureFile(
                source, path: "fuzz", now: Timestamp(seconds: 1_700_000_000))
        else { return }
        var datagrams = 0
        var lines = 0
        do {
            try file.forEachDatagram { datagram, payload in
                precondition(payload.byteCount <= 65_535 && datagram.offset >= 0)
                datagrams += 1
            }
            try file.forEachLine { line, _ in
                precondition(line.byteCount > 0 && line.byteCount <= CaptureFile.longestLine)
                lines += 1
            }
        } catch {
            preconditionFailure("memory cannot fail: \(error)")
        }
        precondition(file.summary.datagrams == datagrams && file.summary.lines == lines)
    }
}
