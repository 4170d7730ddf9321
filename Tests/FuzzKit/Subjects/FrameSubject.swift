import Core
import Journals

/// A journal frame whose checksum is taken for right: it is refused, or its records can be read.
final class FrameSubject: FuzzSubject {
    private var records = RecordCheck()
    private var batch = RecordBatch()

    func execute(_ input: RawSpan) {
        guard let header = Frame.Header(input), header.frameLength <= input.byteCount else {
            return
        }
        var decoder = FrameDecoder()
        let frame = input.extracting(0..<header.frameLength)
        guard (try? decoder.decode(frame, header, into: &batch)) != nil else { return }
        precondition(batch.count == header.recordCount)
        records.check(batch)
    }
}
