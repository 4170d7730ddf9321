import Core
import Parsers

/// Parses the record's JSON with an event time of the dummy's own clock.
final class DummyParser: LineParser {
    private let parser: any LineParser
    private let clock: DummyClock
    private var first: Timestamp?

    init(clock: DummyClock) {
        parser = JSONParser()
        self.clock = clock
    }

    func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        let first = self.first ?? source.received
        self.first = first
        var source = source
        source.received = clock.time(now: source.received, first: first)
        return parser.parse(line, from: source, into: &batch)
    }
}
