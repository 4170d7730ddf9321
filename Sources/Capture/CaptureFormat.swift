import Core

/// The kinds of files that hold what devices sent.
public enum CaptureFormat: String, Sendable, CaseIterable {
    /// The classic tcpdump format.
    case pcap
    case pcapng
    /// Payloads of UDP datagrams back to back, without any framing of their own.
    case datagrams
    /// Log lines.
    case text

    /// Bytes at the start of a file that `detect` wants to see, when the file has them.
    public static let detectionLength = 4096

    /// Recognises a format by the first bytes of a file (of what was compressed, if it was).
    ///
    /// An empty file counts as text without lines.
    ///
    /// - Returns: `nil` when the bytes look like none of the formats.
    public static func detect(_ bytes: RawSpan) -> CaptureFormat? {
        if PcapFileHeader.isMagic(bytes) { return .pcap }
        if PcapngReader.isSectionHeader(bytes) { return .pcapng }
        if FlowMessage.couldStartFile(bytes) { return .datagrams }
        return isText(bytes) ? .text : nil
    }

    /// What bytes are not that `detect` does not know, for messages.
    static let explanation = "neither pcap, pcapng, NetFlow, IPFIX or sFlow datagrams nor text"

    /// Whether the bytes begin like a gzip member (RFC 1952 §2.3.1).
    public static func isGzip(_ bytes: RawSpan) -> Bool {
        bytes.byteCount >= 3 && bytes.uint16(at: 0) == 0x1f8b && bytes.byte(at: 2) == 8
    }

    /// Whether the bytes begin like a Zstandard frame (RFC 8878 §3.1.1).
    public static func isZstd(_ bytes: RawSpan) -> Bool {
        bytes.byteCount >= 4 && bytes.uint32(at: 0) == 0x28b5_2ffd
    }

    /// Whether at most one byte of 20 is a control character and none is NUL.
    ///
    /// Bytes above 0x7f count as text: logs come in UTF-8 and in older code pages.
    private static func isText(_ bytes: RawSpan) -> Bool {
        var controls = 0
        for offset in 0..<bytes.byteCount {
            switch bytes.byte(at: offset) {
            case 0: return false
            case 0x09...0x0d, 0x1b, 0x20...0x7e, 0x80...0xff: break
            default: controls += 1
            }
        }
        return controls * 20 <= bytes.byteCount
    }
}
