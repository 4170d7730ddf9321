import Core
import TestKit
import Testing

@testable import OutFile

@Suite struct OpenFilesTests {
    @Test(arguments: [false, true])
    func closesTheFileOpenedLongestAgo(isDurable: Bool) throws {
        let directory = try TemporaryDirectory()
        var open = OpenFiles(limit: 3, isDurable: isDurable)
        let files = (0..<10).map {
            DestinationFile(path: directory.file("\($0)"), length: 0, period: 0)
        }
        for file in files { try open.open(file, log: .silent) }
        #expect(files.map(\.isOpen) == (0..<10).map { $0 >= 7 })
        open.close(files[8])
        try open.open(files[0], log: .silent)
        #expect(files.map(\.isOpen) == (0..<10).map { $0 == 0 || $0 == 7 || $0 == 9 })
        open.closeAll()
        #expect(files.allSatisfy { !$0.isOpen })
    }

    /// Senders choose the names of hosts: one batch may hold any number of them.
    @Test(arguments: ["normal", "full"])
    func writesMoreFilesInOneCommitThanMayBeOpen(sync: String) throws {
        let directory = try TemporaryDirectory()
        let engine = try Engine([
            "path": directory.path, "file": "$host", "max_open_files": "2", "sync": sync,
        ])
        let hosts = (0..<100).map { "h\($0)" }
        try engine.deliver(makeBatch(0..<200, hosts: hosts))
        try engine.restart()
        try engine.deliver(makeBatch(200..<300, hosts: hosts))
        for (index, host) in hosts.enumerated() {
            #expect(
                try numbers(in: [directory.file(host)]) == [index, 100 + index, 200 + index])
        }
    }
}
