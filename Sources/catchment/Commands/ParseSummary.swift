import Capture
import Core

/// What `parse` says at its end.
struct ParseSummary {
    private var capture = CaptureTotals()
    /// Files that could not be opened, read or recognised.
    var unreadable = 0
    /// Payloads that nobody took, by reason.
    var leftOut: [String: Int] = [:]

    /// Sums over all files.
    private struct CaptureTotals {
        var files = 0
        var packets = 0
        var datagrams = 0
        var lines = 0
        var bytes = 0
        var tcpPackets = 0
        var otherPackets = 0
        var fragments = 0
        var reassembled = 0
        var truncated = 0
        var problems: [ErrorCode: Int] = [:]
    }

    mutating func add(_ file: CaptureSummary) {
        capture.files += 1
        capture.packets += file.packets
        capture.datagrams += file.datagrams
        capture.lines += file.lines
        capture.bytes += file.bytes
        capture.tcpPackets += file.tcpPackets
        capture.otherPackets += file.otherPackets
        capture.fragments += file.fragments
        capture.reassembled += file.reassembled
        capture.truncated += file.truncated
        capture.problems.merge(file.problems, uniquingKeysWith: +)
    }

    /// The summary as lines, then a table of senders.
    func text(of router: any PayloadRouter) -> String {
        let stages = router.stages
        let records = stages.reduce(0) { $0 + $1.records }
        var lines: [String] = []
        func add(_ title: String, _ parts: [(Int, String)]) {
            let said = parts.filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }
            if !said.isEmpty { lines.append("\(title): \(said.joined(separator: ", "))") }
        }
        lines.append(
            "read: "
                + [
                    "\(capture.files.grouped) \(capture.files == 1 ? "file" : "files")",
                    capture.packets > 0 ? "\(capture.packets.grouped) packets" : nil,
                    capture.datagrams > 0 ? "\(capture.datagrams.grouped) UDP datagrams" : nil,
                    capture.lines > 0 ? "\(capture.lines.grouped) lines" : nil,
                    "\(capture.bytes.grouped) bytes", "\(records.grouped) records",
                ].compactMap { $0 }.joined(separator: ", "))
        add("unreadable", [(unreadable, unreadable == 1 ? "file" : "files")])
        add(
            "not UDP",
            [(capture.tcpPackets, "TCP packets"), (capture.otherPackets, "other packets")])
        add(
            "fragments",
            [(capture.fragments, "read"), (capture.reassembled, "packets put together")])
        add("cut off", [(capture.truncated, "packets or lines")])
        add("damaged", Self.parts(capture.problems))
        add("left out", leftOut.sorted { $0.key < $1.key }.map { ($0.value, $0.key) })
        var problems: [ErrorCode: Int] = [:]
        for stage in stages {
            for source in stage.ledger.snapshot {
                problems.merge(source.problems.mapValues(Int.init), uniquingKeysWith: +)
            }
        }
        add("problems", Self.parts(problems))
        for stage in stages where stage.destinations != nil { lines.append(Self.way(of: stage)) }
        return lines.joined(separator: "\n") + "\n" + Self.sources(of: stages)
            + Self.kinds(of: stages)
    }

    private static func parts(_ problems: [ErrorCode: Int]) -> [(Int, String)] {
        problems.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            ($0.value, "\($0.key.text) \($0.key.words)")
        }
    }

    /// What an input's records met on their way: `netflow.0: 20 records; grep.0 dropped 5; file.0 15`.
    private static func way(of stage: ParseStage) -> String {
        var parts = ["\(stage.records.grouped) records"]
        parts += stage.steps.map { "\($0.name) dropped \($0.dropped.grouped)" }
        let destinations = stage.destinations ?? []
        parts += destinations.map { "\($0.name) gets \($0.records.grouped)" }
        if destinations.isEmpty { parts.append("no output takes them") }
        return "\(stage.name): \(parts.joined(separator: "; "))"
    }

    /// What sequence numbers tell: `12 lost, 1 late`.
    private static func lost(_ loss: SequenceLoss.Snapshot) -> [String] {
        [
            (loss.lost, "lost"), (loss.late, "late"), (loss.duplicates, "duplicate"),
            (loss.resets, loss.resets == 1 ? "reset" : "resets"),
        ].filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }
    }

    private static func sources(of stages: [ParseStage]) -> String {
        var table = TextTable(
            [
                .init("INPUT"), .init("SENDER"), .init("PAYLOADS", .right), .init("BYTES", .right),
                .init("RECORDS", .right), .init("PROBLEMS"),
            ])
        for stage in stages {
            for source in stage.ledger.snapshot {
                let problems =
                    lost(source.loss)
                    + parts(source.problems.mapValues(Int.init)).map {
                        "\($0.0.grouped) × \($0.1)"
                    }
                table.add([
                    stage.name, source.name.printable, source.payloads.grouped,
                    source.bytes.grouped, source.records.grouped,
                    problems.joined(separator: ", "),
                ])
            }
        }
        return table.isEmpty ? "" : "\n" + table.text()
    }

    /// What inputs recognised, most frequent first.
    private static func kinds(of stages: [ParseStage]) -> String {
        var table = TextTable(["EVENT", .init("COUNT", .right), "KNOWN BY"])
        for stage in stages {
            let kinds = stage.ledger.kinds.enumerated().sorted {
                ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
            }
            for (_, element) in kinds {
                table.add([
                    element.kind.name.printable, element.count.grouped,
                    element.kind.detail.printable,
                ])
            }
        }
        return table.isEmpty ? "" : "\n" + table.text()
    }
}
