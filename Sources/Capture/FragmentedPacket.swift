import Core

/// The fragments of one packet that have arrived.
final class FragmentedPacket {
    /// Tells packets apart that used the same key one after the other.
    let serial: Int
    /// When the first fragment was captured.
    let began: Timestamp
    /// What the first fragment's header says follows; set when that fragment is there.
    private(set) var transport: UInt8?
    private var data = ByteBuffer()
    /// Fragments by offset; `start` is where the bytes lie in `data`.
    private var parts: [(offset: Int, start: Int, count: Int)] = []
    /// Bytes of the whole, known from the last fragment.
    private var total: Int?

    init(serial: Int, began: Timestamp) {
        self.serial = serial
        self.began = began
    }

    /// Bytes held, with an allowance for what it takes to hold them.
    var byteCount: Int { data.count + parts.count * 24 }

    var isComplete: Bool {
        guard let total, transport != nil else { return false }
        return data.count == total
    }

    /// Takes a fragment.
    ///
    /// A fragment that came twice is ignored; one that overlaps another in part makes the packet
    /// worthless (RFC 5722 §3).
    ///
    /// - Returns: whether the fragment agrees with the others.
    func add(_ bytes: RawSpan, _ fragment: IPPacket.Fragment, transport: UInt8) -> Bool {
        let end = fragment.offset + bytes.byteCount
        let index = position(of: fragment.offset)
        if index < parts.count, parts[index].offset == fragment.offset {
            return parts[index].count == bytes.byteCount
        }
        if index > 0, parts[index - 1].offset + parts[index - 1].count > fragment.offset {
            return false
        }
        if index < parts.count, end > parts[index].offset { return false }
        if let total, fragment.hasMore ? end >= total : end != total { return false }
        if !fragment.hasMore {
            if let last = parts.last, last.offset + last.count > end { return false }
            total = end
        }
        if fragment.offset == 0 { self.transport = transport }
        parts.insert((fragment.offset, data.count, bytes.byteCount), at: index)
        data.append(bytes)
        return true
    }

    /// Index of the first part at or behind `offset`.
    private func position(of offset: Int) -> Int {
        var low = 0
        var high = parts.count
        while low < high {
            let middle = (low + high) / 2
            if parts[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The parts in order.
    func assembled() -> ByteBuffer {
        var buffer = ByteBuffer(capacity: data.count)
        for part in parts {
            buffer.append(data.bytes.extracting(part.start..<part.start + part.count))
        }
        return buffer
    }
}
