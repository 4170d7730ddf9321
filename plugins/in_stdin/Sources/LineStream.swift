import Core
import Glibc
import Parsers
import System

/// A descriptor that lines are read from until it ends or somebody stops it.
final class LineStream: Sendable {
    private static let readSize = 256 << 10

    private let file: FileDescriptor
    private let stopSignal: StopSignal

    init(file: consuming FileDescriptor, stop: consuming StopSignal) {
        self.file = file
        stopSignal = stop
    }

    func stop() { stopSignal.raise() }

    /// Hands every line on; returns at the end of the stream or when stopped.
    func run(decoder: LineDecoder, lineLimit: Int, into sink: any BatchSink) {
        var splitter = LineSplitter(limit: lineLimit)
        var batch = RecordBatch(tag: sink.tag)
        var isAtEnd = false
        while !isAtEnd, !sink.isStopping, !stopSignal.wait(orReadable: file.number) {
            do {
                isAtEnd =
                    try splitter.append { (buffer) throws(OperationError) in
                        try file.read(
                            into: &buffer, atMost: Self.readSize, target: "standard input")
                    } == 0
            } catch {
                if error.errno == EAGAIN { continue }
                sink.log.error("\(error)")
                isAtEnd = true
            }
            let source = PayloadSource(
                peer: Endpoint(address: .any, port: 0), transport: .file, received: .now())
            batch.received = source.received
            splitter.takeLines(isAtEnd: isAtEnd) { line, isPiece in
                if isPiece {
                    decoder.keep(line, because: .parserLineTooLong, from: source, into: &batch)
                } else {
                    decoder.decode(line, from: source, into: &batch)
                }
            }
            if !batch.isEmpty { sink.submit(&batch) }
        }
    }
}
