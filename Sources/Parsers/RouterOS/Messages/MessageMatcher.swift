import Core

/// Finds the pattern that a message has, and where its values lie.
///
/// One pass over the words of a text gives the few patterns whose anchor is in it; those are tried
/// in the order of the table. Work is bounded whatever the text: see `attempts`.
struct MessageMatcher: ~Copyable {
    let set: MessagePatternSet
    /// Where the captures of the last match lie, by segment of its pattern, as slots.
    private(set) var captures: InlineArray<32, UInt64> = .init(repeating: Slot.null)
    /// Places that one message may try for the ends of texts.
    private static let attempts = 256
    /// Bytes of a text that may have a pattern; RouterOS cuts its entries far below.
    private static let longestText = 16 << 10
    private var attemptsLeft = 0
    /// The end of the text being matched.
    private var limit = 0
    private var patternStart = 0
    private var patternEnd = 0

    init(_ set: MessagePatternSet) {
        self.set = set
    }

    private mutating func forgetAll() {
        for segment in captures.indices { captures[segment] = Slot.null }
    }

    /// Finds the first pattern of the whole text from `start` on.
    ///
    /// - Parameter topics: where the topics lie, `nil` when the message has none.
    mutating func match(_ line: RawSpan, from start: Int, topics: Range<Int>?) -> Int? {
        limit = Self.end(of: line, from: start)
        guard limit > start, limit &- start <= Self.longestText else { return nil }
        attemptsLeft = Self.attempts
        var mask = candidates(line, from: start)
        if topics == nil {
            var leading = mask.split(by: set.leading)
            while let pattern = leading.popFirst() {
                if fits(pattern, line, from: start, topics: nil) { return pattern }
            }
        }
        while let pattern = mask.popFirst() {
            if fits(pattern, line, from: start, topics: topics) { return pattern }
        }
        for pattern in set.unanchored where fits(pattern, line, from: start, topics: topics) {
            return pattern
        }
        return nil
    }

    /// Whether a text has a pattern that says more than its topics do.
    mutating func isKnown(_ line: RawSpan, from start: Int, topics: Range<Int>?) -> Bool {
        guard let pattern = match(line, from: start, topics: topics) else { return false }
        return set.patterns[pattern].segments.contains { set.segments[$0].isLiteral }
    }

    /// Where the text ends: line ends and spaces behind it do not count.
    private static func end(of line: RawSpan, from start: Int) -> Int {
        var end = line.byteCount
        while end > start, line.byte(at: end &- 1) <= UInt8(ascii: " ") { end &-= 1 }
        return end
    }

    private func candidates(_ line: RawSpan, from start: Int) -> PatternMask {
        var mask = PatternMask()
        var word = start
        while word &+ 4 <= limit {
            set.anchors.collect(line.uint32(at: word), into: &mask)
            guard let space = line.firstIndex(of: UInt8(ascii: " "), from: word) else { break }
            word = space &+ 1
        }
        return mask
    }

    private mutating func fits(
        _ index: Int, _ line: RawSpan, from start: Int, topics: Range<Int>?
    ) -> Bool {
        let segments = set.patterns[index].segments
        guard hasTopic(line, topics, of: index) else { return false }
        patternStart = segments.lowerBound
        patternEnd = segments.upperBound
        forgetAll()
        return match(line, segment: patternStart, at: start)
    }

    private func hasTopic(_ line: RawSpan, _ topics: Range<Int>?, of index: Int) -> Bool {
        guard let topics else { return !set.patterns[index].needsTopics }
        if set.patterns[index].topics.isEmpty { return true }
        for wanted in set.patterns[index].topics {
            var word = topics.lowerBound
            while word < topics.upperBound {
                if line.byte(at: word) == UInt8(ascii: " ") { word &+= 1 }
                var end = word
                while end < topics.upperBound, line.byte(at: end) != UInt8(ascii: ",") { end &+= 1 }
                let isSame = wanted.withBytes {
                    $0.hasSameBytes(as: line.extracting(word..<end))
                }
                if isSame { return true }
                word = end &+ 1
            }
        }
        return false
    }

    // MARK: One pattern

    private mutating func match(_ line: RawSpan, segment first: Int, at start: Int) -> Bool {
        var index = first
        var offset = start
        while index < patternEnd {
            let segment = set.segments[index]
            switch segment.kind {
            case .literal, .capturedLiteral:
                let end = offset &+ segment.count
                guard hasLiteral(segment.start, segment.count, line, at: offset) else {
                    return false
                }
                if segment.kind == .capturedLiteral { capture(index, offset, end) }
                offset = end
                index &+= 1
            case .optional:
                if match(line, segment: index &+ 1, at: offset) { return true }
                forget(after: index, segment.count)
                index &+= 1 &+ segment.count
            case .capture:
                if segment.type.isOpenEnded {
                    return matchText(line, segment: index, next: index &+ 1, at: offset)
                }
                guard
                    let value = CapturedValue.read(segment.type, line, at: offset, limit: limit)
                else { return false }
                capture(index, offset, value.end)
                offset = value.end
                index &+= 1
            }
        }
        return offset == limit
    }

    /// Matches a text that ends where segment `next`, and all behind it, fits.
    private mutating func matchText(
        _ line: RawSpan, segment index: Int, next: Int, at start: Int
    ) -> Bool {
        guard next < patternEnd else {
            capture(index, start, limit)
            return limit > start
        }
        let following = set.segments[next]
        if following.kind == .optional {
            if matchText(line, segment: index, next: next &+ 1, at: start) { return true }
            forget(after: next, following.count)
            return matchText(
                line, segment: index, next: next &+ 1 &+ following.count, at: start)
        }
        guard following.isLiteral else { return false }
        let isLast = set.segments[index].type == .last
        let end =
            set.segments[index].type == .name
            ? Self.firstMAC(line, from: start, to: limit) : limit
        var place = isLast ? limit : start
        while attemptsLeft > 0 {
            attemptsLeft &-= 1
            guard
                let found = isLast
                    ? lastPlace(of: following, line, before: place, after: start)
                    : firstPlace(of: following, line, after: place)
            else { return false }
            guard found <= end else { return false }
            capture(index, start, found)
            if match(line, segment: next, at: found) { return true }
            place = found
        }
        return false
    }

    /// Where the first MAC address starts, or `end`.
    private static func firstMAC(_ line: RawSpan, from start: Int, to end: Int) -> Int {
        var offset = start &+ 2
        while let colon = line.firstIndex(of: UInt8(ascii: ":"), from: offset), colon < end {
            if TextAddress.mac(line, at: colon &- 2) != nil { return colon &- 2 }
            offset = colon &+ 1
        }
        return end
    }

    /// The first place behind `start` where a run of literals stands.
    private func firstPlace(of run: PatternSegment, _ line: RawSpan, after start: Int) -> Int? {
        let first = set.literals[run.start]
        var offset = start &+ 1
        while let found = line.firstIndex(of: first, from: offset), found < limit {
            if hasLiteral(run.start, run.runCount, line, at: found) { return found }
            offset = found &+ 1
        }
        return nil
    }

    private func lastPlace(
        of run: PatternSegment, _ line: RawSpan, before end: Int, after start: Int
    ) -> Int? {
        var offset = end &- 1
        while offset > start {
            if hasLiteral(run.start, run.runCount, line, at: offset) { return offset }
            offset &-= 1
        }
        return nil
    }

    private func hasLiteral(_ start: Int, _ count: Int, _ line: RawSpan, at offset: Int) -> Bool {
        guard offset &+ count <= limit else { return false }
        for index in 0..<count where set.literals[start &+ index] != line.byte(at: offset &+ index)
        {
            return false
        }
        return true
    }

    private mutating func capture(_ segment: Int, _ start: Int, _ end: Int) {
        captures[segment &- patternStart] = SyslogFields.slot(start, end)
    }

    private mutating func forget(after segment: Int, _ count: Int) {
        for index in 0..<count { captures[segment &+ 1 &+ index &- patternStart] = Slot.null }
    }
}
