import Core

/// How the parts of a seed, such as the datagrams of a capture, make one input.
enum InputLayout: Equatable, Sendable {
    /// The first part is the input.
    case plain
    /// A byte in front chooses among the subject's variants.
    case choice
    /// Each part is preceded by a byte for the subject and its length in 16 bits.
    case datagrams

    /// - Parameter control: the byte in front.
    func input(of parts: [[UInt8]], control: UInt8) -> [UInt8] {
        switch self {
        case .plain: return parts.first ?? []
        case .choice: return [control] + (parts.first ?? [])
        case .datagrams:
            return parts.flatMap { part -> [UInt8] in
                let length = min(part.count, 0xffff)
                return [control, UInt8(length >> 8), UInt8(length & 255)] + part.prefix(length)
            }
        }
    }

    /// The parts of an input, without the bytes in front.
    func parts(of input: [UInt8]) -> [[UInt8]] {
        switch self {
        case .plain: return [input]
        case .choice: return [[UInt8](input.dropFirst())]
        case .datagrams:
            var parts: [[UInt8]] = []
            input.withBytes { $0.forEachPart { parts.append($1.makeArray()) } }
            return parts.isEmpty ? [input] : parts
        }
    }
}

extension RawSpan {
    /// Calls `body` with each part of an input of layout `datagrams` and the byte in front of it.
    ///
    /// Any bytes are such an input: a part that is said to be longer than what is left is the rest.
    func forEachPart(_ body: (_ control: UInt8, RawSpan) -> Void) {
        var offset = 0
        while offset + 3 <= byteCount {
            let end = Swift.min(offset + 3 + Int(uint16(at: offset + 1)), byteCount)
            body(byte(at: offset), extracting(offset + 3..<end))
            offset = end
        }
    }
}
