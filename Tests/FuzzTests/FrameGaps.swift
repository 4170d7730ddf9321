/// What may lie between the messages of a stream without being in one of them: fillers, and counts
/// where frames may be counted (RFC 6587 §3.4.1).
struct FrameGaps {
    var allowsCounts: Bool

    static func isFiller(_ byte: UInt8) -> Bool { [0, 10, 13, 32].contains(byte) }

    /// Finds messages in a stream, one behind the other, with nothing but gaps between them.
    ///
    /// - Returns: the number of the message that was not found; `nil` when every byte is accounted
    ///   for.
    func account(for stream: [UInt8], with messages: [[UInt8]]) -> Int? {
        // A filler may belong to a message: all places where the last one may end are followed.
        var ends: Set<Int> = [0]
        for (number, message) in messages.enumerated() {
            var next: Set<Int> = []
            for start in starts(after: ends, in: stream)
            where stream[start...].starts(with: message) {
                next.insert(start + message.count)
            }
            if next.isEmpty { return number }
            ends = next
        }
        return starts(after: ends, in: stream).contains(stream.count) ? nil : messages.count
    }

    /// Where a message may begin.
    private func starts(after ends: Set<Int>, in stream: [UInt8]) -> Set<Int> {
        var found = ends
        var open = Array(ends)
        while let place = open.popLast() {
            for next in steps(from: place, in: stream) where found.insert(next).inserted {
                open.append(next)
            }
        }
        return found
    }

    private func steps(from place: Int, in stream: [UInt8]) -> [Int] {
        guard place < stream.count else { return [] }
        var steps = Self.isFiller(stream[place]) ? [place + 1] : []
        if allowsCounts {
            let digits = stream[place...].prefix(7).prefix { (0x30...0x39).contains($0) }.count
            if digits > 0, place + digits < stream.count, stream[place + digits] == 32 {
                steps.append(place + digits + 1)
            }
        }
        return steps
    }
}
