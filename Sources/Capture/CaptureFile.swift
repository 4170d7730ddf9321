import Codec
public import Core
import System

/// A file of captured traffic or log lines, read once from start to end in little memory.
///
/// Order of calls: `open` or `init`, look at `format`, then one of the `forEach` functions. What
/// is damaged is counted in `summary`, never thrown: only a file that cannot be read throws.
public final class CaptureFile {
    public let format: CaptureFormat
    public internal(set) var summary = CaptureSummary()
    var window: ReadWindow
    private let source: any ByteStream
    private let now: Timestamp
    var isStopped = false
    private var dissector = PacketDissector()

    /// Opens a file, plain, gzip or zstd; `-` is standard input.
    ///
    /// - Parameters:
    ///   - now: the time given to payloads of files that do not say when they were captured.
    ///   - isText: whether content of no known format is lines.
    /// - Throws: `fileOpenFailed`, `fileReadFailed`, or `captureUnknownFormat` when the content is
    ///   none of the formats.
    public static func open(
        _ path: String, now: Timestamp = .now(), isText: Bool = false
    ) throws(OperationError) -> CaptureFile {
        let file =
            path == "-"
            ? FileDescriptor(owning: StandardStream.input.rawValue)
            : try FileDescriptor.open(path, .read)
        return try CaptureFile(
            try FileSource(file, path: path), path: path, now: now, isText: isText)
    }

    /// Reads the beginning of a source to see what it is.
    ///
    /// - Parameter path: for errors only.
    public init(
        _ source: any ByteStream, path: String, now: Timestamp = .now(), isText: Bool = false
    ) throws(OperationError) {
        var window = try Self.decompressed(source)
        self.source = window.source
        self.now = now
        _ = try window.fill(CaptureFormat.detectionLength)
        let length = min(window.available, CaptureFormat.detectionLength)
        let format = window.withBytes(0..<length) { CaptureFormat.detect($0) }
        guard let format = format ?? (isText ? .text : nil) else {
            throw OperationError(
                .captureUnknownFormat, call: "detect", target: path,
                reason: "\(CaptureFormat.explanation) (at byte 0)",
                canRetry: false)
        }
        self.format = format
        self.window = window
    }

    /// A window on the source, or on what it holds when it is gzip or zstd.
    private static func decompressed(
        _ source: any ByteStream
    ) throws(OperationError) -> ReadWindow {
        var beginning = ByteBuffer()
        while beginning.count < 4,
            try source.read(into: &beginning, atMost: 16 << 10) > 0
        {}
        if CaptureFormat.isGzip(beginning.bytes) {
            return ReadWindow(
                CompressedSource(source, beginning: beginning, try GzipDecoder()))
        }
        if CaptureFormat.isZstd(beginning.bytes) {
            return ReadWindow(
                CompressedSource(source, beginning: beginning, try ZstdDecoder()))
        }
        return ReadWindow(source, beginning: beginning)
    }

    /// Bytes read of the file and bytes it has, before decompression; 0 of 0 for pipes.
    public var progress: (done: Int, total: Int) { source.progress }

    /// Makes the `forEach` function that is running return before the next datagram or line.
    public func stop() { isStopped = true }

    /// Calls `body` with every UDP datagram of a packet capture or raw datagram file, in order; a
    /// datagram of fragments when its last one arrives.
    public func forEachDatagram(
        _ body: (Datagram, RawSpan) -> Void
    ) throws(OperationError) {
        switch format {
        case .pcap:
            var reader = PcapReader()
            try readPackets(&reader, body)
        case .pcapng:
            var reader = PcapngReader()
            try readPackets(&reader, body)
        case .datagrams: try readDatagrams(body)
        case .text: return
        }
        countDamage()
    }

    /// Counts what the source found wrong with itself, at its end.
    func countDamage() {
        if isStopped { return }
        if let damage = source.damage { summary.add(DecodeError(damage, at: window.offset)) }
    }

    private func readPackets(
        _ reader: inout some PacketReader, _ body: (Datagram, RawSpan) -> Void
    ) throws(OperationError) {
        while !isStopped {
            switch try reader.next(&window) {
            case .packet(let packet):
                try read(packet, body)
            case .damage(let problem):
                summary.add(problem)
            case .end:
                dissector.finish(&summary, at: window.offset)
                return
            }
        }
    }

    private func read(
        _ packet: CapturedPacket, _ body: (Datagram, RawSpan) -> Void
    ) throws(OperationError) {
        let offset = window.offset
        summary.packets += 1
        summary.bytes += packet.length
        window.withBytes(0..<packet.length) { bytes in
            dissector.dissect(bytes, of: packet, at: offset, &summary, body)
        }
        window.advance(packet.length)
        let isWhole = packet.isCutOff ? false : try window.skip(packet.trailerLength)
        if !isWhole {
            summary.add(DecodeError(.captureTruncated, at: offset))
        }
    }

    private func readDatagrams(_ body: (Datagram, RawSpan) -> Void) throws(OperationError) {
        let nobody = Endpoint(address: .any, port: 0)
        // One byte more than a message can have tells whether another one follows.
        while !isStopped, try window.fill(FlowMessage.longest + 24) || window.available > 0 {
            let limit = min(window.available, FlowMessage.longest + 24)
            let offset = window.offset
            let length = window.withBytes(0..<limit) { bytes in
                let length = min(FlowMessage.length(bytes), FlowMessage.longest)
                let datagram = Datagram(
                    time: now, source: nobody, destination: nobody, isTruncated: false,
                    offset: offset)
                body(datagram, bytes.extracting(0..<length))
                return length
            }
            summary.packets += 1
            summary.datagrams += 1
            summary.bytes += length
            window.advance(length)
        }
    }
}
