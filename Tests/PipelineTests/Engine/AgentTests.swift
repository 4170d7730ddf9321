import Core
import Foundation
import System
import TestKit
import Testing
import YAML

@testable import Pipeline

@Suite struct AgentTests {
    private static let registry = Registry(
        inputs: [CountingInput.self], filters: [SievingFilter.self], outputs: [LineOutput.self])

    /// Runs an agent on a configuration until its inputs have ended and everything is delivered.
    private func run(_ text: String, in directory: TemporaryDirectory) throws -> Ledger {
        try runAgent(text, Self.registry, in: directory)
    }

    @Test(arguments: ["memory", "filesystem"])
    func deliversEveryRecordOnceToEveryOutput(_ storage: String) throws {
        let directory = try TemporaryDirectory()
        let ledger = try run(
            """
            service: {storage.path: \(directory.file("storage")), storage.type: \(storage)}
            pipeline:
              inputs:
                - {name: counting, tag: a, count: 1005}
                - {name: counting, tag: b, first: 5000, count: 20}
              filters:
                - {name: sieving, match: a, by: 5}
              outputs:
                - {name: lines, match: '*', path: \(directory.file("all"))}
                - {name: lines, match: b, path: \(directory.file("b"))}
            """, in: directory)
        let kept = (0..<1005).filter { $0 % 5 != 0 }
        let all = try numbers("all", in: directory)
        #expect(all.filter { $0 < 5000 } == kept)
        #expect(all.filter { $0 >= 5000 } == Array(5000..<5020))
        #expect(try numbers("b", in: directory) == Array(5000..<5020))

        let input = ledger.inputs[0]
        #expect(input.received == 1005)
        #expect(input.filtered == 201)
        #expect(input.received == input.filtered + input.journaled)
        for delivery in ledger.deliveries {
            #expect(delivery.delivered == delivery.input.journaled)
            #expect(delivery.waiting == 0)
        }
    }

    @Test(arguments: 1...8)
    func deliversOnceWhenAnyCallOfTheOutputFails(_ call: Int) throws {
        let directory = try TemporaryDirectory()
        let ledger = try run(
            """
            service: {storage.path: \(directory.file("storage")), storage.type: filesystem}
            pipeline:
              inputs: [{name: counting, tag: a, count: 40}]
              outputs: [{name: lines, match: a, path: \(directory.file("a")), fail_at: \(call)}]
            """, in: directory)
        #expect(try numbers("a", in: directory) == Array(0..<40))
        #expect(ledger.deliveries[0].delivered == 40)
    }

    @Test func aSecondRunGoesOnBehindTheFirst() throws {
        let directory = try TemporaryDirectory()
        for first in [0, 30, 60] {
            _ = try run(
                """
                service: {storage.path: \(directory.file("storage")), storage.type: filesystem}
                pipeline:
                  inputs: [{name: counting, tag: a, first: \(first), count: 30}]
                  outputs: [{name: lines, match: a, path: \(directory.file("a"))}]
                """, in: directory)
        }
        #expect(try numbers("a", in: directory) == Array(0..<90))
    }

    @Test func anInputInMemoryBesideOneOnDiskStartsAnew() throws {
        let directory = try TemporaryDirectory()
        for first in [0, 100] {
            let ledger = try run(
                """
                service: {storage.path: \(directory.file("storage"))}
                pipeline:
                  inputs:
                    - {name: counting, tag: a, first: \(first), count: 30, storage.type: memory}
                    - {name: counting, tag: b, first: \(first + 50), count: 30,
                       storage.type: filesystem}
                  outputs: [{name: lines, match: '*', path: \(directory.file("a"))}]
                """, in: directory)
            #expect(ledger.deliveries.map(\.delivered) == [30, 30])
        }
        let expected = [0..<30, 50..<80, 100..<130, 150..<180].flatMap { $0 }
        #expect(try numbers("a", in: directory).sorted() == expected)
    }

    /// A journal that begins anew grows up to the places of its old cursors.
    @Test func deliversFromTheStartOfAJournalThatLostItsEnd() throws {
        let directory = try TemporaryDirectory()
        func run(first: Int, count: Int, into path: String) throws {
            _ = try self.run(
                """
                service: {grace: 0.2, storage.path: \(directory.file("s")),
                          storage.type: filesystem}
                pipeline:
                  inputs: [{name: counting, tag: a, first: \(first), count: \(count)}]
                  outputs: [{name: lines, match: a, path: \(directory.file(path))}]
                """, in: directory)
        }
        try run(first: 0, count: 40, into: "a")
        try FileManager.default.removeItem(atPath: directory.file("s/journal"))
        try run(first: 100, count: 10, into: "none/a")
        try run(first: 200, count: 10, into: "a")
        #expect(
            try numbers("a", in: directory) == Array(0..<40) + Array(100..<110) + Array(200..<210))
    }

    @Test func recordsThatNoOutputTakesAreDroppedWithAReason() throws {
        let directory = try TemporaryDirectory()
        let ledger = try run(
            """
            service: {compat: fluent-bit}
            pipeline:
              inputs:
                - {name: counting, tag: a, count: 30}
                - {name: counting, tag: b, count: 20}
              outputs: [{name: lines, match: a, path: \(directory.file("a"))}]
            """, in: directory)
        #expect(ledger.inputs[1].dropped == [.noMatchingOutput: 20])
        #expect(ledger.inputs[1].journaled == 0)
        #expect(ledger.inputs[0].journaled == 30)
    }

    @Test(arguments: ["memory", "filesystem"])
    func accountsForWhatAnOutputNeverTook(_ storage: String) throws {
        let directory = try TemporaryDirectory()
        let ledger = try run(
            """
            service: {grace: 0.2, storage.path: \(directory.file("s")), storage.type: \(storage)}
            pipeline:
              inputs: [{name: counting, tag: a, count: 40}]
              outputs: [{name: lines, match: a, path: \(directory.file("none/a"))}]
            """, in: directory)
        let delivery = ledger.deliveries[0]
        #expect(delivery.delivered == 0)
        #expect(delivery.failed[.fileOpenFailed, default: 0] > 0)
        #expect(delivery.dropped == (storage == "memory" ? [.graceExpired: 40] : [:]))
        #expect(delivery.waiting == (storage == "memory" ? 0 : 40))
    }

    @Test func refusesAStorageThatIsInUse() throws {
        let directory = try TemporaryDirectory()
        let lock = try StorageLock(directory.path)
        #expect(throws: OperationError.self) { try StorageLock(directory.path) }
        _ = consume lock
    }

    @Test(arguments: [
        ("syslog.0", "syslog.0"), ("a/b", "a%2fb"), ("..", "%2e."), ("é", "%c3%a9"),
    ])
    func namesOfInstancesAreSafeAsFileNames(_ name: String, _ expected: String) {
        #expect(Assembly.fileName(name) == expected)
    }
}
