import Core

/// Reads a segment frame by frame and tells where it is damaged.
///
/// Frames of a file are read ahead in blocks; those in memory are looked at where they lie.
struct SegmentReader: ~Copyable {
    /// What stands at an offset of the segment.
    enum Step {
        /// A whole frame, as it was written.
        case frame(Frame.Header)
        /// So many bytes that are no frame; a frame, or the end, follows them.
        case damage(length: Int)
    }

    private(set) var storage: SegmentStorage
    private let hasChecksums: Bool
    /// What the segment's frames carry; `nil` until it is known.
    private var salt: UInt64?
    /// Bytes of the file from `windowStart` on.
    private var window = ByteBuffer()
    private var windowStart = 0

    /// Bytes read by one system call, unless a frame is longer.
    private static let blockLength = 256 << 10

    init(_ storage: SegmentStorage, hasChecksums: Bool) {
        self.storage = storage
        self.hasChecksums = hasChecksums
    }

    /// Goes on with another segment, in the same memory: buffers that come and go leave holes that
    /// nothing else fits in.
    mutating func begin(_ storage: SegmentStorage) {
        self.storage = storage
        salt = nil
        window.removeAll()
        windowStart = 0
    }

    /// Reads the segment's header.
    ///
    /// - Parameter end: bytes of the segment that may be read.
    /// - Returns: `nil` when it is damaged.
    /// - Throws: `journalReadFailed`; `frameVersion` when another version wrote the segment.
    mutating func readHeader(before end: Int) throws(OperationError) -> SegmentHeader? {
        var header: SegmentHeader?
        var isOtherVersion = false
        // No further: whoever opens a journal reads the headers of all its segments.
        let length = min(SegmentHeader.length, end)
        try withBytes(at: 0, count: length, before: length) { bytes in
            do throws(DecodeError) {
                header = try SegmentHeader(bytes)
            } catch {
                isOtherVersion = error.code == .frameVersion
            }
        }
        if isOtherVersion {
            throw OperationError(
                .frameVersion, call: "open", target: storage.name,
                reason: "another version of the journal's format; deliver it with the release that "
                    + "wrote it, or move it away", canRetry: false)
        }
        if let header { salt = header.salt }
        return header
    }

    /// Tells what stands at `offset`, which is below `end`.
    mutating func step(at offset: Int, before end: Int) throws(OperationError) -> Step {
        if salt == nil { _ = try readHeader(before: end) }
        if let header = try frame(at: offset, before: end) { return .frame(header) }
        var next = offset + 1
        while let found = try nextMagic(from: next, before: end) {
            if try frame(at: found, before: end) != nil {
                return .damage(length: found - offset)
            }
            next = found + 1
        }
        return .damage(length: end - offset)
    }

    /// Calls `body` with the bytes at an offset.
    ///
    /// - Parameter end: nothing behind it is looked at; somebody may be writing there.
    /// - Throws: `journalReadFailed` when the file is shorter than it was.
    mutating func withBytes(
        at offset: Int, count: Int, before end: Int, _ body: (RawSpan) -> Void
    ) throws(OperationError) {
        if let block = storage.block {
            return block.withBytes(at: offset, count: count) { body($0) }
        }
        try fill(from: offset, count: count, before: end)
        let start = offset - windowStart
        body(window.bytes.extracting(start..<start + count))
    }

    /// The header of a whole and undamaged frame at `offset`.
    private mutating func frame(
        at offset: Int, before end: Int
    ) throws(OperationError) -> Frame.Header? {
        guard end - offset >= Frame.headerLength else { return nil }
        var header: Frame.Header?
        try withBytes(at: offset, count: Frame.headerLength, before: end) {
            header = Frame.Header($0)
        }
        guard let header, header.frameLength <= end - offset,
            salt == nil || header.salt == salt
        else { return nil }
        guard hasChecksums else { return header }
        var isIntact = false
        try withBytes(at: offset, count: header.frameLength, before: end) {
            isIntact = header.matches($0)
        }
        guard isIntact else { return nil }
        // The segment's header is damaged: its first good frame tells.
        salt = header.salt
        return header
    }

    /// The next place where a frame could begin.
    private mutating func nextMagic(
        from offset: Int, before end: Int
    ) throws(OperationError) -> Int? {
        var start = offset
        while end - start >= Frame.headerLength {
            let count = min(end - start, Self.blockLength)
            var found: Int?
            try withBytes(at: start, count: count, before: end) { bytes in
                var from = 0
                while found == nil, let at = bytes.firstIndex(of: 0x43, from: from) {
                    guard at + 4 <= bytes.byteCount else { return }
                    if bytes.uint32(at: at) == Frame.magic { found = at }
                    from = at + 1
                }
            }
            if let found { return start + found }
            start += count - 3
        }
        return nil
    }

    /// Makes the window hold `count` bytes from `offset` on.
    private mutating func fill(
        from offset: Int, count: Int, before end: Int
    ) throws(OperationError) {
        if offset >= windowStart, offset + count <= windowStart + window.count { return }
        window.removeAll(keepingAtMost: 1 << 20)
        windowStart = offset
        let got = try storage.read(
            at: offset, count: max(count, min(Self.blockLength, end - offset)), into: &window)
        guard got >= count else {
            throw OperationError(
                .journalReadFailed, call: "pread", target: storage.name,
                reason: "the segment ends at \(offset + got), \(count - got) bytes too early",
                canRetry: false)
        }
    }
}
