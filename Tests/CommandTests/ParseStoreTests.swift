import Capture
import Core
import Foundation
import Parsers
import Pipeline
import TestKit
import Testing

@testable import catchment

/// Keeps objects as files of a directory, so that the command can read them back.
final class ShelfOutput: ReadableOutput {
    static var info: PluginInfo {
        PluginInfo(
            kind: .output, name: "shelf", summary: "Keeps files",
            options: [
                OptionSpec("board", .text, required: true, help: "Board."),
                OptionSpec("root", .path, help: "Directory."),
                OptionSpec("trouble", .boolean, default: "off", help: "Whether nothing works."),
            ])
    }
    static var scheme: String { "shelf" }
    static var containerOption: String { "board" }
    static var readingOptions: [String] { ["root", "trouble"] }

    static func readingDefaults(_ environment: (String) -> String?) -> [(
        option: String, value: String, variable: String
    )] {
        environment("SHELF_ROOT").map { [("root", $0, "SHELF_ROOT")] } ?? []
    }

    static func writes(to container: String, _ settings: PluginSettings) -> Bool {
        settings.text("board") == container
    }

    let root: String
    private let isInTrouble: Bool

    init(settings: PluginSettings) throws(SettingsError) {
        guard let root = settings.text("root") else {
            throw SettingsError(.missingKey, at: settings.location, "no 'root'")
        }
        self.root = root
        isInTrouble = settings.boolean("trouble")
    }

    /// Two keys a page.
    func objects(prefix: String, page: String?) throws(OperationError) -> ObjectPage {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let keys = names.filter { $0.hasPrefix(prefix) && $0 > page ?? "" }.sorted()
        return ObjectPage(
            keys: Array(keys.prefix(2)), next: keys.count > 2 ? keys[1] : nil)
    }

    func objects(_ keys: [String]) -> [any ByteStream] { keys.map { object($0) } }

    private func object(_ key: String) -> any ByteStream {
        guard !isInTrouble, let bytes = FileManager.default.contents(atPath: "\(root)/\(key)")
        else { return Missing(code: isInTrouble ? .storeUnreachable : .objectMissing) }
        return MemorySource([UInt8](bytes))
    }

    private final class Missing: ByteStream {
        let code: ErrorCode

        init(code: ErrorCode) { self.code = code }

        func read(into buffer: inout ByteBuffer, atMost: Int) throws(OperationError) -> Int {
            throw OperationError(code, call: "get", target: "", reason: "no", canRetry: false)
        }
    }

    func open(resuming state: [UInt8], log: Log) throws(OperationError) { fatalError() }
    func write(_ batch: borrowing RecordBatch) throws(OperationError) { fatalError() }
    func commit() throws(OperationError) -> [UInt8] { [] }
    func destination(of row: Row, tag: String, received: Timestamp) -> String { "" }
}

@Suite struct ParseStoreTests {
    let directory: TemporaryDirectory
    private static let registry = Registry(
        inputs: [EchoInput.self], filters: [], outputs: [ShelfOutput.self, PathOutput.self])

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ arguments: [String]) throws -> ParseRun {
        try ParseRun(arguments, registry: Self.registry)
    }

    private var root: [String] { ["--root", directory.path] }

    @Test func readsAnObjectAsAFile() throws {
        _ = try directory.write("{\"a\":1,\"time\":\"x\"}\nplain\n{\"cut\":\n", to: "k")
        let run = try run(["shelf://b/k"] + root)
        #expect(run.status == 0)
        #expect(
            run.output == """
                {"a":1,"time":"x"}
                {"time":"2023-11-14T22:13:20.005Z","peer":"0.0.0.0:0","message":"plain"}
                {"time":"2023-11-14T22:13:20.005Z","peer":"0.0.0.0:0","message":"{\\"cut\\":"}

                """)
    }

    @Test func readsCapturesToo() throws {
        _ = try directory.write(TinyCapture.pcap([(514, Array("<34>one".utf8))]), to: "a.pcap")
        #expect(try run(["shelf://b/a.pcap"] + root).output.contains("192.0.2.1:40000"))
    }

    @Test func readsAllObjectsOfAPrefixPageByPage() throws {
        for number in 0..<7 { _ = try directory.write("{\"n\":\(number)}\n", to: "p\(number)") }
        _ = try directory.write("{\"n\":9}\n", to: "other")
        let run = try run(["shelf://b/p*"] + root)
        #expect(run.lines == (0..<7).map { "{\"n\":\($0)}" })
        #expect(run.messages.contains("read: 7 files, 7 lines"))
        #expect(try self.run(["shelf://b/p*", "--limit", "3"] + root).lines.count == 3)
        #expect(try self.run(["shelf://b/"] + root).lines.count == 8)
    }

    @Test func saysWhatCannotBeRead() throws {
        _ = try directory.write("{\"n\":1}\n", to: "a")
        _ = try directory.write([0, 1, 2, 3, 0], to: "b")
        _ = try directory.write("{\"n\":3}\n", to: "c")
        let all = try run(["shelf://b/"] + root)
        #expect(all.status == 1 && all.lines == ["{\"n\":1}", "{\"n\":3}"])
        #expect(all.messages.contains("shelf://b/b: error E2401: "), "\(all.messages)")
        let none = try run(["shelf://b/nope*", "shelf://b/gone"] + root)
        #expect(none.status == 1 && none.messages.contains("unreadable: 2 files"))
        #expect(none.messages.contains("shelf://b/nope*: error E3513: no object's key"))
        #expect(none.messages.contains("shelf://b/gone: error E3513: "))
    }

    /// What is wrong with the store is wrong with every object in it.
    @Test func saysOnceThatTheStoreIsAway() throws {
        for number in 0..<5 { _ = try directory.write("{}\n", to: "p\(number)") }
        let run = try run(["shelf://b/p*", "--trouble", "on"] + root)
        #expect(run.status == 1)
        #expect(run.messages.components(separatedBy: "E3501").count == 2, "\(run.messages)")
    }

    @Test func takesTheOutputOfTheConfigurationThatWritesThere() throws {
        _ = try directory.write("{\"a\":1}\nplain\n", to: "k")
        let file = try directory.write(
            """
            pipeline:
              inputs: [{name: syslog, tag: t}]
              outputs:
                - {name: shelf, match: t, board: other, root: /nowhere}
                - {name: shelf, match: t, board: b, root: \(directory.path)}
            """, to: "c.yaml")
        let found = try run(["-c", file, "shelf://b/k"])
        #expect(found.status == 0)
        // JSON lines are what the configuration made; other lines go through it.
        #expect(found.lines.first == "{\"a\":1}")
        #expect(found.lines.dropFirst().allSatisfy { $0.hasPrefix("{\"output\":\"shelf.") })
        #expect(try run(["-c", file, "shelf://b/k", "--root", "/nowhere"]).status == 1)
        let stranger = try run(["-c", file, "shelf://c/k"] + root)
        #expect(stranger.status == 0 && stranger.messages.contains("no output of \(file) writes"))
        #expect(try run(["-c", file, "shelf://c/k"]).status == 2)
    }

    @Test(
        arguments: [
            ("k", "k", false), ("", "", true), ("a/", "a/", true), ("a*", "a", true),
            ("a\\/", "a/", false), ("a\\*", "a*", false), ("a\\", "a\\", false), ("*", "", true),
        ])
    func tellsKeysFromWhatKeysBeginWith(text: String, key: String, isPrefix: Bool) throws {
        let place = try #require(try StorePlace("shelf://b/\(text)", schemes: ["shelf"]))
        #expect(place.key == key && place.isPrefix == isPrefix)
    }

    @Test func asksTheEnvironmentForWhatNobodySaid() throws {
        func root(_ options: [StoreOption]) throws -> String? {
            let stores = ParseStores(
                registry: Self.registry, parsers: ParserLibrary.stock, options: options, plan: nil,
                environment: { ["SHELF_ROOT": "/from/environment"][$0] })
            let place = try #require(try StorePlace("shelf://b/k", schemes: ["shelf"]))
            return (try stores.store(for: place).reader as? ShelfOutput)?.root
        }
        #expect(try root([]) == "/from/environment")
        #expect(try root([StoreOption(key: "root", value: "/from/option")]) == "/from/option")
    }

    @Test func refusesValuesThatAreNone() throws {
        let run = try run(["shelf://b/k", "--trouble", "perhaps"] + root)
        #expect(run.status == 2)
        #expect(run.messages.contains("--trouble: error E1"), "\(run.messages)")
    }
}
