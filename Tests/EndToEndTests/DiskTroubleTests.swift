import Foundation
import TestKit
import Testing

/// Disks that are full or read-only: the agent waits, says so, and goes on by itself.
@Suite(.serialized, .enabled(if: SmallDisk.isPossible, "needs the right to mount a tmpfs"))
struct DiskTroubleTests {
    static let batch = 400
    /// More than one block of a disk, however packed.
    static let many = 8_000

    private static let noSpace = "No space left on device; make room on that disk"

    @Test func theSourceWaitsForTheJournalsDisk() throws {
        var lines = try NumberedLines()
        let disk = try #require(try SmallDisk(bytes: 1 << 20))
        lines.storage = disk.path
        let agent = try lines.start()
        try lines.append(0..<Self.batch)
        #expect(lines.waitForDelivery(Self.batch))
        disk.fill()
        try lines.append(Self.batch..<3 * Self.batch)
        #expect(agent.says("[in] E3102: write", ".segment: " + Self.noSpace, "the input waits"))
        disk.makeRoom()
        #expect(lines.waitForDelivery(3 * Self.batch))
        #expect(agent.says("[in] goes on after"))
        try lines.expectAll(3 * Self.batch, from: agent)
    }

    /// What was delivered gives its room to what comes, however small the disk is.
    @Test func aJournalThatFillsItsOwnDiskGoesOnWhenItsOutputDoes() throws {
        var lines = try NumberedLines()
        let disk = try #require(try SmallDisk(bytes: 4 << 20))
        lines.storage = disk.path
        try FileManager.default.removeItem(atPath: lines.target)
        let agent = try lines.start()
        let count = 150_000
        try lines.append(0..<count)
        #expect(agent.says("[in] E3102: write", ".segment: " + Self.noSpace, "the input waits"))
        try FileManager.default.createDirectory(
            atPath: lines.target, withIntermediateDirectories: false)
        #expect(lines.waitForDelivery(count))
        try lines.expectAll(count, from: agent)
    }

    @Test func whatTheJournalDidNotTakeIsReadAgainAfterTheNextStart() throws {
        var lines = try NumberedLines()
        let disk = try #require(try SmallDisk(bytes: 1 << 20))
        lines.storage = disk.path
        let agent = try lines.start()
        try lines.append(0..<Self.batch)
        #expect(lines.waitForDelivery(Self.batch))
        disk.fill()
        try lines.append(Self.batch..<2 * Self.batch)
        #expect(agent.says("[in] E3102: write"))
        // It was never accepted, so nothing is lost.
        try lines.expectAll(Self.batch, from: agent)
        #expect(agent.lines(with: "E3301").isEmpty)
        disk.makeRoom()
        let next = try lines.start()
        #expect(lines.waitForDelivery(2 * Self.batch))
        try lines.expectAllOnce(2 * Self.batch, from: next, received: Self.batch)
    }

    @Test(arguments: ["none", "gzip", "zstd"])
    func theOutputTriesAgainUntilItsDiskHasRoom(_ compress: String) throws {
        var lines = try NumberedLines()
        let disk = try #require(try SmallDisk(bytes: 1 << 20))
        lines.target = disk.path
        let agent = try lines.start(output: ", compress: \(compress)")
        try lines.append(0..<Self.batch)
        #expect(lines.waitForDelivery(Self.batch))
        // The next commit is written in part.
        disk.fill(leaving: 4096)
        try lines.append(Self.batch..<Self.many)
        #expect(
            agent.says("[out] E3102: write \(disk.file("o"))", Self.noSpace, "wait in the journal"))
        #expect(agent.says("attempt 2 "))
        disk.makeRoom()
        #expect(lines.waitForDelivery(Self.many))
        #expect(agent.says("[out] goes on after"))
        try lines.expectAll(Self.many, from: agent)
    }

    @Test func anOutputThatCannotDeliverInTimeLeavesTheRestToTheNextStart() throws {
        var lines = try NumberedLines()
        let disk = try #require(try SmallDisk(bytes: 1 << 20))
        lines.target = disk.path
        let agent = try lines.start(output: ", compress: gzip")
        try lines.append(0..<Self.batch)
        #expect(lines.waitForDelivery(Self.batch))
        disk.fill()
        try lines.append(Self.batch..<Self.many)
        #expect(agent.says("[out] E3102: write"))
        #expect(waits { agent.ledger()?.input("in")?.journaled == Self.many })
        let begin = Date()
        agent.signal(SIGTERM)
        #expect(try agent.status() == 0)
        #expect(Date().timeIntervalSince(begin) < 3)
        let ledger = PrintedLedger(agent.errors)
        let rest = Self.many - Self.batch
        #expect(
            ledger.delivery("out", from: "in") == .init(delivered: Self.batch, waiting: rest))
        disk.makeRoom()
        let next = try lines.start(output: ", compress: gzip")
        #expect(lines.waitForDelivery(Self.many))
        next.signal(SIGTERM)
        #expect(try next.status() == 0)
        #expect(try lines.delivered() == Array(0..<Self.many))
        #expect(
            PrintedLedger(next.errors).delivery("out", from: "in")
                == .init(recovered: rest, delivered: rest))
    }

    /// Which disk of the agent nobody can write to, and what it says.
    enum Place: String, CaseIterable, Sendable { case journal, cursors, output }

    @Test(arguments: Place.allCases)
    func waitsForADiskThatIsReadOnly(_ place: Place) throws {
        let lines = try NumberedLines()
        let path =
            switch place {
            case .journal: lines.storage + "/journal/in"
            case .cursors: lines.storage + "/cursors"
            case .output: lines.target
            }
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        let disk = try #require(try SmallDisk(bytes: 1 << 20, at: path))
        try #require(disk.setReadOnly(true))
        let agent = try lines.start()
        try lines.append(0..<Self.batch)
        let name = place == .journal ? "in" : "out"
        #expect(
            agent.says("[\(name)] E3101: open \(path)/", "Read-only file system; mount it writable")
        )
        #expect(disk.setReadOnly(false))
        #expect(lines.waitForDelivery(Self.batch))
        try lines.expectAll(Self.batch, from: agent)
    }

    /// A disk that was full, then read-only: the reason in the log changes with it.
    @Test func anOutputsDiskBecomesReadOnlyWhileItIsFull() throws {
        var lines = try NumberedLines()
        let disk = try #require(try SmallDisk(bytes: 1 << 20))
        lines.target = disk.path
        let agent = try lines.start(output: ", compress: gzip")
        try lines.append(0..<Self.batch)
        #expect(lines.waitForDelivery(Self.batch))
        disk.fill(leaving: 4096)
        try lines.append(Self.batch..<Self.many)
        #expect(agent.says("[out] E3102: write", Self.noSpace))
        // Between two attempts no file is open.
        disk.makeRoom()
        _ = waits { disk.setReadOnly(true) }
        let isStuck = agent.says("[out] E3101: open", "Read-only file system")
        #expect(disk.setReadOnly(false))
        #expect(lines.waitForDelivery(Self.many))
        #expect(isStuck || agent.says("[out] goes on after"))
        try lines.expectAll(Self.many, from: agent)
    }

    @Test func aReadOnlyJournalStopsTheStart() throws {
        var lines = try NumberedLines()
        let disk = try #require(try SmallDisk(bytes: 1 << 20))
        lines.storage = disk.path
        try #require(disk.setReadOnly(true))
        let agent = try AgentProcess(["run", "-c", lines.configuration()])
        #expect(try agent.status() == 1)
        #expect(agent.errors.contains("E3101: mkdir \(disk.path)/cursors: Read-only file system"))
    }
}

extension NumberedLines {
    /// The same when earlier agents delivered a part.
    func expectAllOnce(_ count: Int, from agent: AgentProcess, received: Int) throws {
        agent.signal(SIGTERM)
        #expect(try agent.status() == 0)
        #expect(try delivered() == Array(0..<count))
        let ledger = PrintedLedger(agent.errors)
        #expect(ledger.input("in") == .init(received: received, journaled: received))
        #expect(ledger.delivery("out", from: "in") == .init(delivered: received))
    }
}
