import Core

/// The ledger as text for people: aligned tables, nothing that is zero everywhere.
public struct LedgerReport: Sendable {
    private let ledger: Ledger
    /// Senders of an input whose problems are told apart.
    private static let sendersShown = 20

    public init(_ ledger: Ledger) { self.ledger = ledger }

    /// Several lines, each ended.
    public var text: String {
        var parts = [inputs, deliveries]
        if let filters { parts.append(filters) }
        if let kinds { parts.append(kinds) }
        if let losses { parts.append(losses) }
        if let held { parts.append(held) }
        if let absences { parts.append(absences) }
        if let clocks { parts.append(clocks) }
        if let problems { parts.append(problems) }
        return parts.joined(separator: "\n")
    }

    private var inputs: String {
        var table = TextTable([
            "input", .init("received", .right), .init("filtered", .right), .init("dropped", .right),
            .init("journaled", .right),
        ])
        for input in ledger.inputs {
            let dropped = input.dropped.values.reduce(0, +)
            table.add([
                input.name, input.received.grouped, input.filtered.grouped,
                dropped.grouped, input.journaled.grouped,
            ])
        }
        return table.text()
    }

    private var deliveries: String {
        var table = TextTable([
            "output", "from", .init("recovered", .right), .init("delivered", .right),
            .init("quarantined", .right), .init("dropped", .right), .init("in journal", .right),
        ])
        for delivery in ledger.deliveries {
            table.add([
                delivery.output, delivery.input.name, delivery.recovered.grouped,
                delivery.delivered.grouped, delivery.quarantined.grouped,
                (delivery.damaged + delivery.dropped.values.reduce(0, +)).grouped,
                delivery.waiting.grouped,
            ])
        }
        return table.text()
    }

    private var filters: String? {
        var table = TextTable(["filter", "at", .init("filtered", .right)])
        for input in ledger.inputs {
            for filter in input.filters where filter.dropped > 0 {
                table.add([filter.name, input.name, filter.dropped.grouped])
            }
        }
        return table.isEmpty ? nil : table.text()
    }

    /// What inputs recognised, by event; its patterns are told apart by `catchment parse`.
    private var kinds: String? {
        var table = TextTable(["event", "at", .init("count", .right)])
        for input in ledger.inputs {
            var sums: [String: UInt64] = [:]
            for (kind, count) in input.sources.kinds { sums[kind.name, default: 0] += count }
            for (name, sum) in sums.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                table.add([name, input.name, sum.grouped])
            }
        }
        return table.isEmpty ? nil : table.text()
    }

    /// What sequence numbers tell: the senders that lost most one by one, the others in one sum.
    private var losses: String? {
        var table = TextTable([
            "sender", .init("lost", .right), .init("late", .right), .init("duplicate", .right),
            .init("resets", .right),
        ])
        for input in ledger.inputs {
            let senders = input.sources.snapshot.filter { !$0.loss.isZero }
                .sorted { $0.loss.lost > $1.loss.lost }
            forEachPlace(senders, of: input) { place, senders in
                let loss = senders.reduce(into: SequenceLoss.Snapshot()) { $0 += $1.loss }
                table.add([
                    place, loss.lost.grouped, loss.late.grouped, loss.duplicates.grouped,
                    loss.resets.grouped,
                ])
            }
        }
        return table.isEmpty ? nil : table.text()
    }

    /// Data sets that came before their templates.
    private var held: String? {
        var table = TextTable([
            "exporter", .init("waiting", .right), .init("decoded late", .right),
            .init("dropped", .right),
        ])
        for input in ledger.inputs {
            let senders = input.sources.snapshot.filter { !$0.held.isZero }
                .sorted { $0.held.dropped > $1.held.dropped }
            forEachPlace(senders, of: input) { place, senders in
                let held = senders.reduce(into: HeldCounters.Snapshot()) { $0 += $1.held }
                table.add([
                    place, held.waiting.grouped, held.decodedLate.grouped, held.dropped.grouped,
                ])
            }
        }
        return table.isEmpty ? nil : table.text()
    }

    /// Senders that have gone silent.
    private var absences: String? {
        var table = TextTable(["silent exporter", "heard last"])
        for input in ledger.inputs {
            let senders = input.sources.snapshot.filter(\.presence.isSilent)
                .sorted {
                    ($0.presence.lastHeard ?? .longAgo) > ($1.presence.lastHeard ?? .longAgo)
                }
            forEachPlace(senders, of: input) { place, senders in
                let last = senders.compactMap(\.presence.lastHeard).max()
                table.add([place, last.map { Timestamp(seconds: $0.seconds).description } ?? ""])
            }
        }
        return table.isEmpty ? nil : table.text()
    }

    /// Senders whose clocks are off.
    private var clocks: String? {
        var table = TextTable(["exporter", .init("its clock", .right)])
        for input in ledger.inputs {
            let senders = input.sources.snapshot.filter(\.presence.isSkewed)
                .sorted { $0.presence.skew.magnitude > $1.presence.skew.magnitude }
            forEachPlace(senders, of: input) { place, senders in
                let skew = senders.map(\.presence.skew).max { $0.magnitude < $1.magnitude } ?? 0
                let seconds = skew / 1_000_000_000
                table.add([place, (seconds > 0 ? "+" : "") + seconds.grouped + " s"])
            }
        }
        return table.isEmpty ? nil : table.text()
    }

    /// Calls `body` with the name of each of the first senders, and once with all others: anyone
    /// can forge senders.
    private func forEachPlace(
        _ senders: [SourceCounters.Snapshot], of input: InputLedger,
        _ body: (String, ArraySlice<SourceCounters.Snapshot>) -> Void
    ) {
        for sender in senders.prefix(Self.sendersShown).sorted(by: { $0.name < $1.name }) {
            body("\(input.name) \(sender.name)", [sender])
        }
        let rest = senders.dropFirst(Self.sendersShown)
        if rest.isEmpty { return }
        body("\(input.name): \(rest.count.grouped) more senders", rest)
    }

    /// Everything that went wrong, by place and code.
    private var problems: String? {
        var table = TextTable(["problem", "at", .init("count", .right), "what"])
        for input in ledger.inputs {
            if input.sources.droppedByKernel > 0 {
                table.add([
                    "-", input.name, input.sources.droppedByKernel.grouped,
                    "datagrams dropped by the kernel: the socket's buffer was full",
                ])
            }
            addSenders(of: input, to: &table)
            add(input.dropped, at: input.name, to: &table)
        }
        for delivery in ledger.deliveries {
            let place = "\(delivery.output) from \(delivery.input.name)"
            add(delivery.failed, at: place, to: &table)
            add(delivery.dropped, at: place, to: &table)
            if delivery.damaged > 0 {
                add([.frameCorrupt: delivery.damaged], at: place, to: &table)
            }
        }
        return table.isEmpty ? nil : table.text()
    }

    private func addSenders(of input: InputLedger, to table: inout TextTable) {
        let senders = input.sources.snapshot.filter { !$0.problems.isEmpty }
            .map { (sender: $0, count: $0.problems.values.reduce(0, +)) }
            .sorted { $0.count > $1.count }
            .map(\.sender)
        forEachPlace(senders, of: input) { place, senders in
            let sum = senders.reduce(into: [:]) { $0.merge($1.problems, uniquingKeysWith: +) }
            add(sum, at: place, to: &table)
        }
    }

    private func add(
        _ counts: [ErrorCode: UInt64], at place: String, to table: inout TextTable
    ) {
        for (code, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            table.add([code.text, place, count.grouped, code.words])
        }
    }
}

extension Timestamp {
    fileprivate static let longAgo = Timestamp(nanoseconds: .min)
}
