import Core

/// Message patterns, compiled once: flat lists that matching walks without an allocation.
struct MessagePatternSet {
    /// One text.
    struct Pattern {
        var event: Int
        var topics: [[UInt8]]
        var needsTopics: Bool
        var segments: Range<Int>
        var text: String
    }

    /// What a pattern recognises, and the fields that its texts have together.
    struct Event {
        var name: String
        var columns: [MessageColumn]
    }

    /// Segments that one pattern may have, and columns that one event may have.
    static let limit = 32
    /// Patterns in one set.
    static let patternLimit = 256

    private(set) var patterns: [Pattern] = []
    private(set) var events: [Event] = []
    private(set) var segments: [PatternSegment] = []
    private(set) var literals: [UInt8] = []
    private(set) var columnIndices: [Int] = []
    private(set) var anchors = AnchorTable()
    /// Patterns without an anchor.
    private(set) var unanchored: [Int] = []
    /// Patterns that do not begin with any text: without topics they are tried first, because what
    /// others begin with may be a name in them.
    private(set) var leading = PatternMask()
    private var eventIndices: [String: Int] = [:]
    /// Types of the fields that other messages have.
    private var encodings = Self.columns(of: [.firewall, .login]).mapValues(\.encoding)
    /// Fields that every record has.
    private let reserved = Self.columns(of: [.other])
    /// Segments of patterns and optional parts that are complete: nothing is added to them.
    private var closedSegments = 0

    /// The events that tell about a router's clock, by index; -1 for none.
    private(set) var restartEvent = -1
    private(set) var clockEvent = -1

    /// The patterns that the parser comes with.
    static let stock: MessagePatternSet = {
        do {
            return try MessagePatternSet(MessageTable.families)
        } catch {
            preconditionFailure("message table: \(error)")
        }
    }()

    init(_ families: [MessageFamily]) throws(PatternProblem) {
        for family in families {
            for (event, text) in family.patterns {
                try add(text, event: event, family: family)
            }
        }
        guard patterns.count <= Self.patternLimit else { throw .tooManyPatterns }
        anchors.finish()
        restartEvent = eventIndices["reboot"] ?? -1
        clockEvent = eventIndices["clock_change"] ?? -1
    }

    /// The shown columns of records that no pattern recognises, by name.
    private static func columns(of events: [RouterOSLayout.Event]) -> [String: Column] {
        var columns: [String: Column] = [
            "event": .literal("event", text: ""),
            "parse_status": .literal("parse_status", text: ""),
            "parse_error": .literal("parse_error", text: ""),
        ]
        for event in events {
            for hasDeviceTime in [false, true] {
                let key = RouterOSLayout.Key(
                    event: event, status: .ok, hasDeviceTime: hasDeviceTime)
                for column in RouterOSLayout(key).shape.columns where !column.isHidden {
                    columns[column.name] = column
                }
            }
        }
        return columns
    }

    private mutating func add(
        _ text: String, event name: String, family: MessageFamily
    ) throws(PatternProblem) {
        let event = eventIndices[name] ?? events.count
        if event == events.count {
            eventIndices[name] = event
            events.append(Event(name: name, columns: []))
        }
        let start = segments.count
        closedSegments = start
        var bytes = Array(text.utf8)[...]
        try read(&bytes, event: event, text: text, isOptional: false)
        guard segments.count - start <= Self.limit else { throw .tooLong(text) }
        guard events[event].columns.count <= Self.limit else { throw .tooLong(text) }
        let range = start..<segments.count
        joinRuns(range)
        try checkEnds(range, text)
        if let anchor = anchor(of: range) {
            anchors.add(anchor, pattern: patterns.count)
        } else {
            unanchored.append(patterns.count)
        }
        let first = segments[start]
        let isLeading =
            first.isLiteral
            || first.kind == .capture && !first.type.isOpenEnded
                && first.type != .word
        if (isLeading || family.goesFirst) && patterns.count < Self.patternLimit {
            leading.insert(patterns.count)
        }
        patterns.append(
            Pattern(
                event: event, topics: family.topics.map { Array($0.utf8) },
                needsTopics: family.needsTopics, segments: range, text: text))
    }

    // MARK: Reading a text

    private mutating func read(
        _ bytes: inout ArraySlice<UInt8>, event: Int, text: String, isOptional: Bool
    ) throws(PatternProblem) {
        while let byte = bytes.first {
            bytes.removeFirst()
            guard byte == UInt8(ascii: "%"), let next = bytes.first else {
                appendLiteral(byte)
                continue
            }
            switch next {
            case UInt8(ascii: "{"):
                guard let close = bytes.firstIndex(of: UInt8(ascii: "}")) else {
                    throw .unclosed(text)
                }
                let inner = String(decoding: bytes[(bytes.startIndex + 1)..<close], as: UTF8.self)
                bytes = bytes[(close + 1)...]
                try appendCapture(inner, event: event)
            case UInt8(ascii: "["):
                bytes.removeFirst()
                let group = segments.count
                segments.append(PatternSegment(kind: .optional))
                try read(&bytes, event: event, text: text, isOptional: true)
                segments[group].count = segments.count - group - 1
            case UInt8(ascii: "%"):
                bytes.removeFirst()
                appendLiteral(byte)
            case UInt8(ascii: "]") where isOptional:
                bytes.removeFirst()
                closedSegments = segments.count
                return
            default: appendLiteral(byte)
            }
        }
        if isOptional { throw .unclosed(text) }
    }

    private mutating func appendLiteral(_ byte: UInt8) {
        literals.append(byte)
        if segments.count > closedSegments, segments[segments.count - 1].kind == .literal {
            segments[segments.count - 1].count += 1
        } else {
            segments.append(
                PatternSegment(kind: .literal, start: literals.count - 1, count: 1))
        }
    }

    private mutating func appendCapture(
        _ inner: String, event: Int
    ) throws(PatternProblem) {
        var segment = PatternSegment(kind: .capture)
        var name = inner
        if let equals = inner.firstIndex(of: "=") {
            name = String(inner[..<equals])
            let text = inner[inner.index(after: equals)...].utf8
            segment.kind = .capturedLiteral
            segment.start = literals.count
            segment.count = text.count
            literals += text
        } else if let colon = inner.firstIndex(of: ":") {
            name = String(inner[..<colon])
            guard let type = CaptureType(rawValue: String(inner[inner.index(after: colon)...]))
            else { throw .unknownType(inner) }
            segment.type = type
        }
        segment.columns = columnIndices.count
        // `%{}` takes anything and keeps nothing.
        if name.isEmpty { segment.columns = PatternSegment.noColumns }
        for column in name.isEmpty ? [] : segment.type.columns(name: name) {
            guard reserved[column.name] == nil else { throw .reservedField(column.name) }
            guard encodings[column.name] ?? column.encoding == column.encoding else {
                throw .fieldConflict(column.name)
            }
            encodings[column.name] = column.encoding
            if let known = events[event].columns.firstIndex(of: column) {
                columnIndices.append(known)
            } else {
                columnIndices.append(events[event].columns.count)
                events[event].columns.append(column)
            }
        }
        segments.append(segment)
    }

    /// Literals next to each other lie next to each other in the pool, too.
    private mutating func joinRuns(_ range: Range<Int>) {
        for index in range.reversed() where segments[index].isLiteral {
            let next = index + 1
            segments[index].runCount = segments[index].count
            if next < range.upperBound, segments[next].isLiteral {
                segments[index].runCount += segments[next].runCount
            }
        }
    }

    private func checkEnds(_ range: Range<Int>, _ text: String) throws(PatternProblem) {
        for index in range.dropLast() where segments[index].kind == .capture {
            guard segments[index].type.isOpenEnded else { continue }
            var next = index + 1
            while next < range.upperBound, segments[next].kind == .optional { next += 1 }
            guard next == range.upperBound || segments[next].isLiteral else { throw .noEnd(text) }
        }
    }

    // MARK: Anchors

    /// Four bytes at the start of the longest word that every message of the pattern has.
    private func anchor(of range: Range<Int>) -> UInt32? {
        var best: (length: Int, key: UInt32)?
        var index = range.lowerBound
        while index < range.upperBound {
            if segments[index].kind == .optional {
                index += 1 + segments[index].count
                continue
            }
            defer { index += 1 }
            let segment = segments[index]
            guard segment.isLiteral else { continue }
            let run = literals[segment.start..<segment.start + segment.runCount]
            for start in run.indices where run.endIndex - start >= 4 {
                let isStart =
                    start == run.startIndex
                    ? index == range.lowerBound : run[start - 1] == UInt8(ascii: " ")
                guard isStart else { continue }
                let word = run[start...].prefix { $0 != UInt8(ascii: " ") }.count
                if word > best?.length ?? -1 {
                    best = (word, run[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) })
                }
            }
        }
        return best?.key
    }
}
