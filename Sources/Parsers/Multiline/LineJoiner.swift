import Core

/// Joins the lines of one file that belong together: pieces of container lines, lines of reports.
///
/// Lines come in lanes that know nothing of each other: one for every stream of a container, and
/// one for the lines of no container. Groups of several lanes may be open at a time, so records do
/// not always come in the order of the file; within a lane they do.
public final class LineJoiner {
    private let containers: ContainerReader?
    private let plain: MultilineJoiner?
    private let streams: [ContainerGroup]
    private let timeout: Int64
    /// Lines before these places, by lane, were records once already.
    private var resumed: [Int]
    private var deadlines: [Int64?]
    /// Lanes that lines came for since `noteTurn`.
    private var isTouched: [Bool]

    /// - Parameters:
    ///   - containers: reads the lines of containers; `nil` when there are none.
    ///   - matcher: which lines belong together; `nil` when every one stands alone.
    ///   - limit: most bytes of a group; what follows is no part of it.
    ///   - resumed: what `places` was when the records so far became safe.
    public init(
        containers: ContainerReader?, matcher: MultilineMatcher?, limit: Int, resumed: [Int] = []
    ) {
        self.containers = containers
        plain = matcher.map { MultilineJoiner($0, limit: limit) }
        streams =
            containers.map { reader in
                ContainerStream.allCases.map { _ in
                    ContainerGroup(reader, matcher, limit: limit)
                }
            } ?? []
        timeout = matcher?.flushTimeout ?? MultilineRules.defaultTimeout
        self.resumed = resumed
        deadlines = Array(repeating: nil, count: streams.count + 1)
        isTouched = Array(repeating: false, count: streams.count + 1)
    }

    /// Takes the next line.
    ///
    /// - Parameters:
    ///   - offset: where the line starts in the file.
    ///   - text: gets a line of no container, or several joined, and where they start.
    ///   - record: gets the reader that holds the record of a container's line, and where it starts.
    public func add(
        _ line: RawSpan, at offset: Int, text: (RawSpan, Int) -> Void,
        record: (ContainerReader, Int) -> Void
    ) {
        if let containers, let piece = containers.read(line) {
            let lane = piece.stream.rawValue + 1
            if isKnown(offset, lane) { return }
            isTouched[lane] = true
            streams[piece.stream.rawValue].add(line, isPartial: piece.isPartial, at: offset) {
                record(containers, $0)
            }
            return
        }
        if isKnown(offset, 0) { return }
        guard let plain else { return text(line, offset) }
        isTouched[0] = true
        plain.add(line, at: offset, text)
    }

    private func isKnown(_ offset: Int, _ lane: Int) -> Bool {
        lane < resumed.count && offset < resumed[lane]
    }

    /// Hands out groups as far as they got.
    ///
    /// - Parameter now: groups that wait longer are left; `nil` leaves none.
    public func flush(
        dueBy now: Int64? = nil, text: (RawSpan, Int) -> Void,
        record: (ContainerReader, Int) -> Void
    ) {
        for lane in deadlines.indices {
            if let now, let deadline = deadlines[lane], deadline > now { continue }
            deadlines[lane] = nil
            if lane == 0 {
                plain?.flush(text)
            } else if let containers {
                streams[lane - 1].flush { record(containers, $0) }
            }
        }
    }

    // MARK: Places

    private func start(_ lane: Int) -> Int? {
        lane == 0 ? plain?.start : streams[lane - 1].start
    }

    /// Where the first open group starts; `nil` when none is open.
    public var start: Int? { deadlines.indices.compactMap { start($0) }.min() }

    /// How far each lane's lines are records when all lines before `offset` were added; empty when
    /// that is `offset` for all.
    public func places(at offset: Int) -> [Int] {
        if start == nil, !resumed.contains(where: { $0 > offset }) { return [] }
        return deadlines.indices.map { lane in
            let known = lane < resumed.count ? resumed[lane] : 0
            return start(lane) ?? max(offset, known)
        }
    }

    /// The file begins anew.
    public func forgetPlaces() { resumed = [] }

    // MARK: Time

    /// Lets groups that lines came for wait anew.
    ///
    /// - Parameter now: nanoseconds on the monotonic clock.
    public func noteTurn(now: Int64) {
        for lane in deadlines.indices {
            if start(lane) == nil {
                deadlines[lane] = nil
            } else if isTouched[lane] || deadlines[lane] == nil {
                deadlines[lane] = now + timeout
            }
            isTouched[lane] = false
        }
    }

    /// When the first group has waited long enough; `nil` when none waits.
    public var deadline: Int64? { deadlines.compactMap(\.self).min() }
}
