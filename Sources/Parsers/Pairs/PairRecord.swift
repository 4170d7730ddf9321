import Core

/// Builds the record of a line from its pairs, by the rules of a parser.
///
/// Call order: `begin`, any number of `add`, then `finish`.
struct PairRecord: ~Copyable {
    /// More pairs than this in one line are an error.
    static let pairLimit = 1024

    private let rules: FieldRules
    private var names: PairNames
    private var decoders: FieldDecoders
    private var record = RecordBuilder()
    private var key = ByteBuffer()
    private var value = ByteBuffer()
    private var received = Timestamp(nanoseconds: 0)
    private var pairs = 0
    private var problem: ErrorCode?

    init(_ rules: FieldRules) {
        self.rules = rules
        names = PairNames(rules)
        decoders = FieldDecoders(rules.decoders)
    }

    mutating func begin(received: Timestamp) {
        record.begin()
        record.add(TimeRule.timeName, eventTime: received)
        names.begin()
        self.received = received
        pairs = 0
        problem = nil
    }

    /// Adds a pair; without a value, `true`.
    mutating func add(_ line: RawSpan, _ key: PairText, _ value: PairText?) {
        guard let name = nextName(line, key) else { return }
        guard let value else { return record.add(name.field, boolean: true) }
        add(line, name, value)
    }

    /// Adds a part of the line under a name of ours.
    mutating func add(_ line: RawSpan, _ key: StaticString, _ value: PairText) {
        pairs += 1
        self.key.removeAll()
        self.key.append(key)
        add(line, Self.next(&names, self.key), value)
    }

    /// Adds a part of the line under a name of the parser's settings.
    mutating func add(_ line: RawSpan, named key: String, _ value: PairText) {
        pairs += 1
        guard pairs <= Self.pairLimit else { return }
        self.key.removeAll()
        self.key.append(key)
        add(line, Self.next(&names, self.key), value)
    }

    private mutating func nextName(_ line: RawSpan, _ key: PairText) -> PairNames.Name? {
        pairs += 1
        guard pairs <= Self.pairLimit else { return nil }
        if key.escape == .none { return names.next(line.extracting(key.range)) }
        self.key.removeAll()
        key.append(from: line, to: &self.key)
        return Self.next(&names, self.key)
    }

    private static func next(
        _ names: inout PairNames, _ key: borrowing ByteBuffer
    ) -> PairNames.Name { names.next(key.bytes) }

    private mutating func add(_ line: RawSpan, _ name: PairNames.Name, _ text: PairText) {
        if text.range.isEmpty {
            if !rules.skipsEmptyValues { record.add(name.field, text: "") }
        } else if text.escape == .none {
            add(name, line.extracting(text.range))
        } else {
            value.removeAll()
            text.append(from: line, to: &value)
            Self.add(name, value, rules, received, to: &record, &problem)
        }
    }

    private mutating func add(_ name: PairNames.Name, _ text: RawSpan) {
        Self.add(name, text, rules, received, to: &record, &problem)
    }

    private static func add(
        _ name: PairNames.Name, _ text: borrowing ByteBuffer, _ rules: FieldRules,
        _ received: Timestamp, to record: inout RecordBuilder, _ problem: inout ErrorCode?
    ) {
        add(name, text.bytes, rules, received, to: &record, &problem)
    }

    private static func add(
        _ name: PairNames.Name, _ text: RawSpan, _ rules: FieldRules, _ received: Timestamp,
        to record: inout RecordBuilder, _ problem: inout ErrorCode?
    ) {
        if name.isTime {
            if let moment = rules.time.parse(text, received: received) {
                record.replace(at: 0, timestamp: moment)
                if !rules.time.keepsText { return }
            } else if rules.reportsBadTime {
                problem = .parserBadTime
            }
        }
        if let type = name.type {
            if type.add(text, as: name.field, to: &record) { return }
            problem = problem ?? .parserBadType
        }
        record.add(name.field, text: text)
    }

    /// Appends the record, or finds that it is none.
    ///
    /// - Parameter end: how the line ended.
    /// - Returns: `parserNoMatch` when nothing was appended.
    mutating func finish(_ end: PairsEnd, into batch: inout RecordBatch) -> ErrorCode? {
        guard end != .refused, (1...Self.pairLimit).contains(pairs) else { return .parserNoMatch }
        if end == .unclosedQuote { problem = problem ?? .parserUnclosedQuote }
        if !rules.time.joinedKeys.isEmpty,
            !rules.time.readJoined(in: &record, received: received, scratch: &value),
            rules.reportsBadTime
        {
            problem = .parserBadTime
        }
        if !decoders.isEmpty { decoders.run(over: &record) }
        if let problem, record.index(of: RawRecord.errorName) == nil {
            record.add(RawRecord.errorName, text: problem.text)
        }
        record.finish(into: &batch)
        return nil
    }
}
