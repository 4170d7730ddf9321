/// The tables that the agent prints at its end and at SIGUSR1.
struct PrintedLedger {
    private var tables: [[[String: String]]] = []

    /// Reads the last ledger in a log.
    init(_ log: String) {
        let lines = log.split(separator: "\n", omittingEmptySubsequences: false)
        let start = lines.lastIndex { Self.cells($0).starts(with: ["input", "received"]) }
        let text = start.map { lines[$0...] } ?? []
        for table in text.split(whereSeparator: \.isEmpty) {
            let rows = table.map(Self.cells)
            tables.append(
                rows.dropFirst().map { row in
                    Dictionary(zip(rows[0], row), uniquingKeysWith: { one, _ in one })
                })
        }
    }

    /// Columns are at least two spaces apart.
    private static func cells(_ line: Substring) -> [String] {
        line.split(separator: "  ").map { cell in
            String(cell.drop { $0 == " " }).trimmed
        }
    }

    struct Input: Equatable {
        var received = 0
        var filtered = 0
        var dropped = 0
        var journaled = 0
    }

    struct Delivery: Equatable {
        var recovered = 0
        var delivered = 0
        var quarantined = 0
        var dropped = 0
        var waiting = 0
    }

    func input(_ name: String) -> Input? {
        guard let row = tables.first?.first(where: { $0["input"] == name }) else { return nil }
        return Input(
            received: Self.number(row["received"]), filtered: Self.number(row["filtered"]),
            dropped: Self.number(row["dropped"]), journaled: Self.number(row["journaled"]))
    }

    func delivery(_ output: String, from input: String) -> Delivery? {
        let rows = tables.dropFirst().first ?? []
        guard let row = rows.first(where: { $0["output"] == output && $0["from"] == input })
        else { return nil }
        return Delivery(
            recovered: Self.number(row["recovered"]), delivered: Self.number(row["delivered"]),
            quarantined: Self.number(row["quarantined"]), dropped: Self.number(row["dropped"]),
            waiting: Self.number(row["in journal"]))
    }

    /// Datagrams that the kernel dropped before the input.
    func kernelDrops(_ input: String) -> Int {
        let rows = tables.dropFirst(2).joined()
        let row = rows.first {
            $0["at"] == input && $0["what"]?.hasPrefix("datagrams dropped by the kernel") == true
        }
        return row.map { Self.number($0["count"]) } ?? 0
    }

    private static func number(_ text: String?) -> Int {
        text.flatMap { Int($0.filter { $0 != "," }) } ?? -1
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
