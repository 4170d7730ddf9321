import Core
import Net
import Foundation
import TestKit
import Testing

@testable import InNetflow

/// Captured datagrams of real exporters: their records, and that damage to them does no harm.
@Suite struct FlowCorpusTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var folder: URL
        var datagrams: [[UInt8]]
        var testDescription: String { folder.lastPathComponent }
    }

    static let cases: [Case] = {
        let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("fixtures")
        let files = FileManager.default
        let names = (try? files.contentsOfDirectory(atPath: home.path)) ?? []
        return names.sorted().compactMap { name in
            let folder = home.appendingPathComponent(name)
            let inputs = ((try? files.contentsOfDirectory(atPath: folder.path)) ?? [])
                .filter { $0.hasSuffix(".bin") }.sorted()
            let datagrams = inputs.compactMap {
                (try? Data(contentsOf: folder.appendingPathComponent($0))).map { [UInt8]($0) }
            }
            return datagrams.isEmpty ? nil : Case(folder: folder, datagrams: datagrams)
        }
    }()

    static var options: NetflowDecoder.Options {
        var options = NetflowDecoder.Options()
        options.emitsOptions = true
        options.readsTunnels = true
        return options
    }

    @Test func findsTheCorpus() { #expect(Self.cases.count >= 11) }

    @Test(arguments: cases)
    func givesTheExpectedRecords(_ example: Case) throws {
        let bench = FlowBench(Self.options)
        for datagram in example.datagrams { bench.feed(datagram) }
        bench.finish()
        var text = bench.records.map { record in
            record.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: " | ")
        }.joined(separator: "\n")
        text +=
            "\n"
            + bench.problems.map { "\($0.key.text) \($0.value)" }.sorted()
            .joined(separator: "\n") + "\n"
        let file = example.folder.appendingPathComponent("expected.txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    /// The datagrams before the damaged one are whole, so that templates are known.
    @Test(arguments: cases)
    func survivesTruncationAtEveryByte(_ example: Case) {
        for (index, datagram) in example.datagrams.enumerated() {
            let bench = FlowBench(Self.options)
            for earlier in example.datagrams[..<index] { bench.feed(earlier) }
            for cut in Damage.truncations(of: datagram) { bench.feed(cut) }
            bench.feed(datagram)
        }
    }

    @Test(arguments: cases)
    func survivesFlippedBits(_ example: Case) {
        for (index, datagram) in example.datagrams.enumerated() {
            for (round, damaged) in Damage.flips(of: datagram, count: 60, seed: 7).enumerated() {
                let bench = FlowBench(Self.options)
                for earlier in example.datagrams[..<index] { bench.feed(earlier) }
                bench.feed(damaged)
                // A damaged template must not harm what follows.
                if round % 8 == 0 {
                    for later in example.datagrams[index...] { bench.feed(later) }
                }
            }
        }
    }

    /// As above, with columns that depend on settings: addresses of mediators, names, moved times,
    /// another profile.
    @Test(arguments: cases)
    func survivesFlippedBitsWithEverySetting(_ example: Case) {
        var profile = ExporterProfile()
        profile.name = Array("exporter".utf8)
        profile.defaultSampling = 3
        profile.clockOffset = -3600
        profile.separatesPorts = true
        var options = Self.options
        options.exporters = ExporterProfiles(
            profile, mediators: ["0.0.0.0/0"].compactMap(NetworkPrefix.init))
        options.shapes.repeatsConsumed = true
        options.shapes.profile = .ecs
        for (index, datagram) in example.datagrams.enumerated() {
            let bench = FlowBench(options)
            for earlier in example.datagrams[..<index] { bench.feed(earlier) }
            for damaged in Damage.flips(of: datagram, count: 10, seed: 19) { bench.feed(damaged) }
            bench.feed(datagram)
        }
    }

    /// Templates late for all data, in every order of the datagrams of a case.
    @Test(arguments: cases)
    func givesTheSameRecordsInAnyOrder(_ example: Case) {
        let inOrder = FlowBench(Self.options)
        for datagram in example.datagrams { inOrder.feed(datagram) }
        let reversed = FlowBench(Self.options)
        for datagram in example.datagrams.reversed() { reversed.feed(datagram) }
        #expect(reversed.records.count >= inOrder.records.count)
    }

    @Test func survivesRandomBytesBehindEveryHeader() {
        var random = SeededRandom(seed: 11)
        let bench = FlowBench(Self.options)
        for round in 0..<3000 {
            var payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random) >> UInt8.random(in: 0...7, using: &random)
            }
            let isSFlow = round % 7 == 6
            payload =
                isSFlow
                ? TestSFlow.words(5, 1) + payload : [0, [1, 5, 7, 8, 9, 10][round % 7]] + payload
            bench.feed(payload)
        }
    }
}
