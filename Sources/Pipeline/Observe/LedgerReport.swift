import Core

/// The ledger as text for people: aligned tables, nothing that is zero everywhere.
public struct LedgerReport: Sendable {
    private let ledger: Ledger

    public init(_ ledger: Ledger) { self.ledger = ledger }

    /// Several lines, each ended.
    public var text: String {
        var parts = [inputs, deliveries]
        if let filters { parts.append(filters) }
        if let problems { parts.append(problems) }
        return parts.joined(separator: "\n")
    }

    private var inputs: String {
        var table = TextTable(["input", "received", "filtered", "dropped", "journaled"])
        for input in ledger.inputs {
            let dropped = input.dropped.values.reduce(0, +)
            table.add([
                input.name, TextTable.number(input.received), TextTable.number(input.filtered),
                TextTable.number(dropped), TextTable.number(input.journaled),
            ])
        }
        return table.text
    }

    private var deliveries: String {
        var table = TextTable(["output", "from", "recovered", "delivered", "dropped", "in journal"])
        for delivery in ledger.deliveries {
            table.add([
                delivery.output, delivery.input.name, TextTable.number(delivery.recovered),
                TextTable.number(delivery.delivered),
                TextTable.number(delivery.damaged + delivery.dropped.values.reduce(0, +)),
                TextTable.number(delivery.waiting),
            ])
        }
        return table.text
    }

    private var filters: String? {
        var table = TextTable(["filter", "at", "filtered"])
        for input in ledger.inputs {
            for filter in input.filters {
                table.add([filter.name, input.name, TextTable.number(filter.dropped)])
            }
        }
        return table.isEmpty ? nil : table.text
    }

    /// Everything that went wrong, by place and code.
    private var problems: String? {
        var table = TextTable(["problem", "at", "count", "what"])
        for input in ledger.inputs {
            if input.sources.droppedByKernel > 0 {
                table.add([
                    "-", input.name, TextTable.number(input.sources.droppedByKernel),
                    "datagrams dropped by the kernel: the socket's buffer was full",
                ])
            }
            for source in input.sources.snapshot {
                add(source.problems, at: "\(input.name) \(source.name)", to: &table)
            }
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
        return table.isEmpty ? nil : table.text
    }

    private func add(
        _ counts: [ErrorCode: UInt64], at place: String, to table: inout TextTable
    ) {
        for (code, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            table.add([code.text, place, TextTable.number(count), "\(code)"])
        }
    }
}
