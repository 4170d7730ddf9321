import Foundation
import TestKit
import Testing

/// Directories that are away, replaced or forbidden, and come back.
@Suite(.serialized) struct DirectoryTroubleTests {
    static let batch = 400

    private let files = FileManager.default

    /// Moves a directory away; `false` puts a file in its place.
    private func takeAway(_ path: String, leavingNothing: Bool) throws {
        try files.moveItem(atPath: path, toPath: path + ".away")
        if !leavingNothing { try Data("x".utf8).write(to: URL(filePath: path)) }
    }

    private func putBack(_ path: String) throws {
        try? files.removeItem(atPath: path)
        try files.moveItem(atPath: path + ".away", toPath: path)
    }

    private func setPermissions(_ bits: Int, of path: String) throws {
        try files.setAttributes([.posixPermissions: bits], ofItemAtPath: path)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var leavesNothing: Bool
        var compress: String
        var makesDirectory = "off"
        var reason: String
        var testDescription: String { "\(reason), \(compress), mkdir \(makesDirectory)" }
    }

    static let cases = ["none", "gzip"].flatMap { compress in
        [
            Case(leavesNothing: true, compress: compress, reason: "there is no directory"),
            Case(leavesNothing: false, compress: compress, reason: "is no directory that"),
            Case(
                leavesNothing: false, compress: compress, makesDirectory: "on",
                reason: "Not a directory"),
        ]
    }

    @Test(arguments: cases) func waitsForTheDirectoryOfItsFiles(_ test: Case) throws {
        let lines = try NumberedLines()
        let agent = try lines.start(
            output: ", compress: \(test.compress), mkdir: \(test.makesDirectory)")
        try lines.append(0..<Self.batch)
        #expect(lines.waitForDelivery(Self.batch))
        try takeAway(lines.target, leavingNothing: test.leavesNothing)
        try lines.append(Self.batch..<2 * Self.batch)
        #expect(agent.says("[out] E3101: ", test.reason))
        #expect(agent.says("attempt 2 "))
        try putBack(lines.target)
        #expect(lines.waitForDelivery(2 * Self.batch))
        try lines.expectAll(2 * Self.batch, from: agent)
        #expect(agent.lines(with: "is gone").isEmpty)
    }

    @Test func startsWhileTheDirectoryOfItsFilesIsAway() throws {
        let lines = try NumberedLines()
        let agent = try lines.start()
        try lines.append(0..<Self.batch)
        #expect(lines.waitForDelivery(Self.batch))
        agent.signal(SIGTERM)
        #expect(try agent.status() == 0)
        try takeAway(lines.target, leavingNothing: true)
        try lines.append(Self.batch..<2 * Self.batch)
        let next = try lines.start()
        #expect(next.says("[out] E3101: ", "there is no directory"))
        try putBack(lines.target)
        #expect(lines.waitForDelivery(2 * Self.batch))
        try lines.expectAllOnce(2 * Self.batch, from: next, received: Self.batch)
    }

    @Test(arguments: [true, false])
    func waitsForTheDirectoryOfItsCursor(_ leavesNothing: Bool) throws {
        let lines = try NumberedLines()
        let agent = try lines.start()
        try lines.append(0..<Self.batch)
        #expect(lines.waitForDelivery(Self.batch))
        try takeAway(lines.storage + "/cursors", leavingNothing: leavesNothing)
        try lines.append(Self.batch..<2 * Self.batch)
        #expect(agent.says("[out] E3101: open \(lines.storage)/cursors/out.cursor"))
        try putBack(lines.storage + "/cursors")
        #expect(agent.says("[out] goes on after"))
        #expect(lines.waitForDelivery(2 * Self.batch))
        try lines.expectAll(2 * Self.batch, from: agent)
    }

    /// Root may write everywhere: the agent runs without that right.
    @Test(.enabled(if: getuid() == 0, "needs root, to run without its rights"))
    func waitsForTheRightToWrite() throws {
        let lines = try NumberedLines()
        try setPermissions(0o555, of: lines.target)
        let agent = try lines.start(
            under: ["/usr/bin/setpriv", "--bounding-set", "-dac_override,-dac_read_search"])
        try lines.append(0..<Self.batch)
        #expect(agent.says("[out] E3101: open \(lines.target)/o", "Permission denied"))
        try setPermissions(0o755, of: lines.target)
        #expect(lines.waitForDelivery(Self.batch))
        try lines.expectAll(Self.batch, from: agent)
    }
}
