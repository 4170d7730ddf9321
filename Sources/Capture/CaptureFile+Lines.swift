public import Core

extension CaptureFile {
    /// Longest line handed out; what goes beyond is left out.
    public static let longestLine = 1 << 20

    /// Calls `body` with every line of a text file and the line's offset in the file.
    ///
    /// Lines come without their ending (LF or CR LF); empty lines are left out.
    public func forEachLine(_ body: (RawSpan, _ offset: Int) -> Void) throws(OperationError) {
        guard format == .text else { return }
        var searched = 0
        while true {
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
