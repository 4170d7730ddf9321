import Core

/// A packet as a capture file holds it; its bytes lie in front of the window.
struct CapturedPacket {
    var time: Timestamp
    var link: LinkType
    /// Bytes that the file has of it.
    var length: Int
    /// Bytes it had on the wire.
    var originalLength: Int
    /// Bytes of padding and trailers behind it.
    var trailerLength: Int
    /// Whether the file ends before the packet does.
    var isCutOff: Bool
}

/// What a reader of a container found next.
enum PacketStep {
    case packet(CapturedPacket)
    case damage(DecodeError)
    case end
}

/// Reads the packets of one container format.
protocol PacketReader {
    /// Moves the window to the next packet.
    ///
    /// After `.packet`, the caller moves the window over the packet and its trailer. After
    /// `.damage`, reading can go on; the reader ends when it cannot.
    mutating func next(_ window: inout ReadWindow) throws(OperationError) -> PacketStep
}

/// Longest packet that a file may claim to hold; libpcap's limit for link types in use is 256 KiB.
let longestPacket = 1 << 20
