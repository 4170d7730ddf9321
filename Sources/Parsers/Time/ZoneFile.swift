import Core

/// A compiled zone of the IANA database: TZif, versions 1 to 4 (RFC 9636).
struct ZoneFile {
    let table: ZoneTable

    /// What a file breaks, and where.
    struct Failure: Error, Equatable {
        var reason: String
        var offset: Int
    }

    /// Reads a whole file.
    ///
    /// - Throws: at the first byte of what is missing or contradicts the format.
    init(_ bytes: RawSpan) throws(Failure) {
        let first = try Header(bytes, at: 0)
        guard first.version > 1 else {
            table = try Self.readBlock(bytes, first, timeSize: 4, rule: nil)
            return
        }
        // The first block is for readers of version 1; the same follows with times of 64 bits.
        let header = try Header(bytes, at: first.end(timeSize: 4))
        let footer = header.end(timeSize: 8)
        guard footer <= bytes.byteCount else { throw .truncated(bytes) }
        table = try Self.readBlock(
            bytes, header, timeSize: 8, rule: Self.readFooter(bytes, at: footer))
    }

    /// The header of a block and where its parts lie (RFC 9636 §3.1).
    private struct Header {
        static let byteCount = 44

        let start: Int
        let version: Int
        let utcIndicators: Int
        let standardIndicators: Int
        let leapSeconds: Int
        let transitions: Int
        let types: Int
        let characters: Int

        init(_ bytes: RawSpan, at start: Int) throws(Failure) {
            guard start + Self.byteCount <= bytes.byteCount else { throw .truncated(bytes) }
            guard bytes.hasBytes(of: "TZif", at: start) else {
                throw Failure(reason: "it does not begin with 'TZif'", offset: start)
            }
            switch bytes.byte(at: start + 4) {
            case 0: version = 1
            case UInt8(ascii: "2")...UInt8(ascii: "9"):
                version = Int(bytes.byte(at: start + 4)) - 0x30
            default: throw Failure(reason: "its version is unknown", offset: start + 4)
            }
            self.start = start
            utcIndicators = Int(bytes.uint32(at: start + 20))
            standardIndicators = Int(bytes.uint32(at: start + 24))
            leapSeconds = Int(bytes.uint32(at: start + 28))
            transitions = Int(bytes.uint32(at: start + 32))
            types = Int(bytes.uint32(at: start + 36))
            characters = Int(bytes.uint32(at: start + 40))
        }

        var transitionTimes: Int { start + Self.byteCount }
        func transitionTypes(timeSize: Int) -> Int { transitionTimes + transitions * timeSize }
        func localTypes(timeSize: Int) -> Int { transitionTypes(timeSize: timeSize) + transitions }
        /// Where the block ends; far behind the file for wild counts.
        func end(timeSize: Int) -> Int {
            localTypes(timeSize: timeSize) + types * 6 + characters
                + leapSeconds * (timeSize + 4) + standardIndicators + utcIndicators
        }
    }

    private static func readBlock(
        _ bytes: RawSpan, _ header: Header, timeSize: Int, rule: ZoneRule?
    ) throws(Failure) -> ZoneTable {
        guard header.end(timeSize: timeSize) <= bytes.byteCount else { throw .truncated(bytes) }
        guard header.types > 0 else {
            throw Failure(reason: "it has no local time", offset: header.start + 36)
        }
        guard header.leapSeconds == 0 else {
            throw Failure(
                reason: "it counts leap seconds, which the system's clock does not",
                offset: header.start + 28)
        }
        var offsets: [Int64] = []
        for index in 0..<header.types {
            let place = header.localTypes(timeSize: timeSize) + index * 6
            let offset = Int64(Int32(bitPattern: bytes.uint32(at: place)))
            guard offset.magnitude < ZoneTable.offsetLimit else {
                throw Failure(reason: "it has an offset beyond a day", offset: place)
            }
            guard bytes.byte(at: place + 4) <= 1,
                Int(bytes.byte(at: place + 5)) < header.characters
            else { throw Failure(reason: "a local time in it is damaged", offset: place + 4) }
            offsets.append(offset)
        }
        var times: [Int64] = []
        var offsetsOfTimes: [Int64] = []
        for index in 0..<header.transitions {
            let place = header.transitionTimes + index * timeSize
            let time =
                timeSize == 8
                ? Int64(bitPattern: bytes.uint64(at: place))
                : Int64(Int32(bitPattern: bytes.uint32(at: place)))
            guard time > times.last ?? .min else {
                throw Failure(reason: "its transitions are out of order", offset: place)
            }
            let typePlace = header.transitionTypes(timeSize: timeSize) + index
            let type = Int(bytes.byte(at: typePlace))
            guard type < offsets.count else {
                throw Failure(reason: "a transition names no local time", offset: typePlace)
            }
            times.append(time)
            offsetsOfTimes.append(offsets[type])
        }
        return ZoneTable(
            transitions: times, offsets: offsetsOfTimes, initialOffset: offsets[0], rule: rule)
    }

    /// Reads the TZ string between two line feeds (RFC 9636 §3.3); an empty one is no rule.
    private static func readFooter(
        _ bytes: RawSpan, at start: Int
    ) throws(Failure) -> ZoneRule? {
        guard start < bytes.byteCount else { throw .truncated(bytes) }
        guard bytes.byte(at: start) == UInt8(ascii: "\n") else {
            throw Failure(reason: "a line feed is missing before its rule", offset: start)
        }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start + 1) else {
            throw .truncated(bytes)
        }
        if end == start + 1 { return nil }
        guard let rule = ZoneRule(bytes.extracting(start + 1..<end)) else {
            throw Failure(reason: "its rule is no POSIX TZ string", offset: start + 1)
        }
        return rule
    }
}

extension ZoneFile.Failure {
    fileprivate static func truncated(_ bytes: RawSpan) -> Self {
        Self(reason: "it ends too early", offset: bytes.byteCount)
    }
}
