import Core
import Testing

@testable import catchment

@Suite struct ConsoleTests {
    private let time = Timestamp(seconds: 1_795_456_500, nanoseconds: 123_999_999)

    @Test func writesLogLinesWithAlignedLevels() {
        let console = Captured().console
        #expect(
            console.logLine(.info, "syslog.0", "started", at: time)
                == "2026-11-23T17:55:00.123Z info  [syslog.0] started\n")
        #expect(
            console.logLine(.error, "file.0", "disk full", at: time)
                == "2026-11-23T17:55:00.123Z error [file.0] disk full\n")
    }

    @Test func keepsAnEventInOneLine() {
        let line = Captured().console.logLine(.info, "a", "one\r\ntwo\nthree", at: time)
        #expect(line.hasSuffix("[a] one | two | three\n"))
    }

    @Test func keepsControlCharactersFromTheTerminal() {
        let line = Captured().console.logLine(.info, "a", "x\u{1b}[2Jy\u{7f}\u{9b}z", at: time)
        #expect(line.hasSuffix("[a] x\u{fffd}[2Jy\u{fffd}\u{fffd}z\n"))
    }

    @Test func coloursOnlyWhenAsked() {
        var console = Captured().console
        #expect(console.coloured("x", .red) == "x")
        console.hasColours = true
        #expect(console.coloured("x", .red) == "\u{1b}[31mx\u{1b}[0m")
    }

    @Test func leavesOutWhatTheLevelExcludes() {
        let captured = Captured()
        let log = captured.console.log(level: .warning)
        log.info("no")
        log.warning("yes")
        #expect(captured.errors.hasSuffix(" warn  [catchment] yes\n"))
        #expect(!captured.errors.contains("no\n"))
    }
}
