public import Core

extension CaptureFile {
    /// Longest line handed out; what goes beyond is left out.
    public static let longestLine = 1 << 20

    /// Calls `body` with every line of a text file and the line's offset in the file.
    ///
    /// Lines come without their ending (LF or CR LF); empty lines are left out. Recorded TCP
    /// streams may have octet-counted frames instead (RFC 6587 §3.4.1): their counts are left out.
    public func forEachLine(_ body: (RawSpan, _ offset: Int) -> Void) throws(OperationError) {
        guard format == .text else { return }
        var searched = 0
        while !isStopped {
            if searched == 0, let frame = try findFrame() {
                window.advance(frame.lowerBound)
                emit(lineLength: frame.count, body)
                window.advance(frame.count)
                continue
            }
            let available = window.available
            let newline = window.withBytes(0..<available) {
                $0.firstIndex(of: UInt8(ascii: "\n"), from: searched)
            }
            if let newline {
                emit(lineLength: newline, body)
                window.advance(newline + 1)
                searched = 0
            } else if available > Self.longestLine {
                emit(lineLength: Self.longestLine, body)
                summary.truncated += 1
                summary.add(DecodeError(.syslogTooLong, at: window.offset))
                window.advance(available)
                try skipLine()
                searched = 0
            } else if try !window.fill(available + 1) {
                emit(lineLength: available, body)
                window.advance(available)
                countDamage()
                return
            } else {
                searched = available
            }
        }
    }

    /// The content of the octet-counted frame in front of the window, when one begins there and
    /// ends where a stream would go on.
    private func findFrame() throws(OperationError) -> Range<Int>? {
        guard try window.fill(1) else { return nil }
        let header = window.withBytes(0..<min(window.available, 8)) { OctetCount($0) }
        // Most lines are none: this is looked at for every line, so the first digit decides.
        guard let header, header.frameLength <= Self.longestLine else { return nil }
        let end = header.length + header.frameLength
        if try !window.fill(end + 1) {
            return window.available == end ? header.length..<end : nil
        }
        let next = window.withBytes(end..<end + 1) { $0.byte(at: 0) }
        let goesOn =
            next == UInt8(ascii: "\n") || next == UInt8(ascii: "<")
            || (0x31...0x39).contains(next)
        return goesOn ? header.length..<end : nil
    }

    private func emit(lineLength: Int, _ body: (RawSpan, Int) -> Void) {
        let length = min(lineLength, Self.longestLine)
        let offset = window.offset
        let isEmitted = window.withBytes(0..<length) { line in
            let hasReturn = length > 0 && line.byte(at: length - 1) == UInt8(ascii: "\r")
            let content = line.extracting(0..<(hasReturn ? length - 1 : length))
            if content.byteCount == 0 { return false }
            body(content, offset)
            return true
        }
        summary.bytes += length
        if isEmitted { summary.lines += 1 }
    }

    /// Moves on behind the next newline.
    private func skipLine() throws(OperationError) {
        while try window.fill(1) {
            let available = window.available
            let newline = window.withBytes(0..<available) {
                $0.firstIndex(of: UInt8(ascii: "\n"))
            }
            window.advance(newline.map { $0 + 1 } ?? available)
            if newline != nil { return }
        }
    }
}

/// The count in front of a syslog frame: `MSG-LEN SP` before a `<` (RFC 6587 §3.4.1).
private struct OctetCount {
    /// Bytes of the count and the space.
    var length: Int
    var frameLength: Int

    init?(_ bytes: RawSpan) {
        var number = 0
        for offset in 0..<bytes.byteCount {
            switch bytes.byte(at: offset) {
            case let digit where (0x30...0x39).contains(digit) && (offset > 0 || digit > 0x30):
                number = number * 10 + Int(digit - 0x30)
            case UInt8(ascii: " ") where offset > 0 && offset + 1 < bytes.byteCount:
                guard bytes.byte(at: offset + 1) == UInt8(ascii: "<") else { return nil }
                length = offset + 1
                frameLength = number
                return
            default: return nil
            }
        }
        return nil
    }
}
