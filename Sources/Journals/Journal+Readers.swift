import Core
import Synchronization
import System

extension Journal {
    func addReader(at position: JournalPosition, limits: ReaderLimits) -> Int {
        state.withLock { state in
            let number = state.nextReader
            state.nextReader += 1
            if limits != ReaderLimits() { state.hasLimits = true }
            state.readers[number] = ReaderState(
                limits: limits, committed: position,
                committedBytes: Self.bytes(before: position, in: state))
            return number
        }
    }

    func removeReader(_ number: Int) {
        state.withLock { state in _ = state.readers.removeValue(forKey: number) }
    }

    func commit(_ position: JournalPosition, reader number: Int) {
        state.withLock { state in
            let bytes = Self.bytes(before: position, in: state)
            guard var reader = state.readers[number] else { return }
            reader.committed = position
            reader.committedBytes = bytes
            reader.holes.removeAll { hole in hole.to.map { $0 <= position } ?? false }
            state.readers[number] = reader
        }
        removePassedSegments()
        roomBell.ring()
    }

    private static func bytes(before place: JournalPosition, in state: State) -> UInt64 {
        // The newest segments are asked for most.
        for segment in state.segments.reversed() where segment.number <= place.segment {
            return segment.number == place.segment
                ? segment.bytes(before: place) : segment.endBytes
        }
        return state.segments.first?.base ?? 0
    }

    /// Removes segments that no reader needs; without readers nothing is removed.
    ///
    /// The last stays: it has the places of the sources and the numbers to go on from.
    func removePassedSegments() {
        let passed: [Segment] = state.withLock { state in
            guard !state.readers.isEmpty, state.segments.count > 1,
                let last = state.segments.last
            else { return [] }
            let readers = state.readers
            // One that has just begun does not yet tell the places of the sources.
            let removed = state.segments.dropLast(last.isFresh ? 2 : 1).filter { segment in
                readers.values.allSatisfy { $0.hasPassed(segment) }
            }
            if removed.isEmpty { return [] }
            let numbers = Set(removed.map(\.number))
            state.segments.removeAll { numbers.contains($0.number) }
            state.bytes -= removed.reduce(0) { $0 + $1.published }
            return removed
        }
        for segment in passed {
            // A name that cannot be removed now is found and removed after the next start.
            try? segment.storage.remove()
        }
    }

    // MARK: Limits

    /// Takes from readers what is more than may wait for them.
    func applyLimits() {
        let hasChanged = state.withLock { state in
            var hasChanged = false
            if !state.hasLimits { return false }
            let now = Timestamp.now()
            for number in state.readers.keys {
                guard var reader = state.readers[number] else { continue }
                guard Self.isOver(reader, state, now) else { continue }
                Self.apply(&reader, state, now)
                state.readers[number] = reader
                hasChanged = true
            }
            return hasChanged
        }
        if hasChanged { removePassedSegments() }
    }

    /// A quick look: whether a reader's limits have anything to say.
    private static func isOver(
        _ reader: ReaderState, _ state: State, _ now: Timestamp
    ) -> Bool {
        if reader.holes.last.map({ $0.to == nil }) ?? false { return true }
        if let limit = reader.limits.bytes, reader.limits.policy != .block, state.bytes > limit,
            reader.waiting(state.endBytes) > limit
        {
            return true
        }
        guard let age = reader.limits.age, let first = state.segments.first else { return false }
        return state.segments.count > 1 && now.nanoseconds - age > first.newest.nanoseconds
    }

    private static func apply(_ reader: inout ReaderState, _ state: State, _ now: Timestamp) {
        if let limit = reader.limits.bytes {
            switch reader.limits.policy {
            case .block: break
            case .dropOldest: dropOldest(&reader, state, keeping: UInt64(limit))
            case .dropNewest: dropNewest(&reader, state, keeping: UInt64(limit))
            }
        }
        guard let age = reader.limits.age else { return }
        let old = state.segments.dropLast().prefix { now.nanoseconds - age > $0.newest.nanoseconds }
        if let last = old.last, raiseFloor(of: &reader, behind: last, in: state) {
            reader.expiry = reader.floor
        }
    }

    private static func dropOldest(
        _ reader: inout ReaderState, _ state: State, keeping limit: UInt64
    ) {
        for segment in state.segments.dropLast() {
            if reader.waiting(state.endBytes) <= limit { return }
            raiseFloor(of: &reader, behind: segment, in: state)
        }
    }

    @discardableResult
    private static func raiseFloor(
        of reader: inout ReaderState, behind segment: Segment, in state: State
    ) -> Bool {
        guard let next = state.segments.first(where: { $0.number > segment.number }),
            next.start > reader.passed
        else { return false }
        reader.floor = next.start
        reader.floorBytes = next.base
        return true
    }

    private static func dropNewest(
        _ reader: inout ReaderState, _ state: State, keeping limit: UInt64
    ) {
        if let open = reader.holes.indices.last, reader.holes[open].to == nil {
            // Room for a quarter, so that holes are few.
            guard reader.waiting(state.endBytes) <= limit / 4 * 3 else { return }
            reader.holes[open].to = state.end
            reader.holes[open].toBytes = state.endBytes
        } else if reader.waiting(state.endBytes) > limit {
            reader.holes.append(
                ReaderState.Hole(
                    from: state.end, fromBytes: state.endBytes, to: nil, toBytes: 0))
        }
    }

    /// What a reader at `place` has lost since it looked last, and where it goes on.
    ///
    /// - Returns: `nil` when it has lost nothing; else the place and how many of the records before
    ///   it have waited too long.
    func detour(
        from place: JournalPosition, reader number: Int
    ) -> (target: JournalPosition, expired: UInt64)? {
        state.withLock { state in
            guard var reader = state.readers[number] else { return nil }
            var target = place
            if let floor = reader.floor {
                if floor > target { target = floor }
                if reader.committed >= floor { state.readers[number]?.floor = nil }
            }
            for (index, hole) in reader.holes.enumerated() where hole.from <= target {
                if hole.to == nil {
                    // The reader has got to the hole: from now on there is room again.
                    reader.holes[index].to = state.end
                    reader.holes[index].toBytes = state.endBytes
                    state.readers[number] = reader
                }
                let to = hole.to ?? state.end
                if to > target { target = to }
            }
            return target > place ? (target, reader.expired(from: place, to: target)) : nil
        }
    }

    /// Records behind `place` that the limits have taken from a reader: too many, too old.
    func taken(
        behind place: JournalPosition, reader number: Int
    ) -> (dropped: UInt64, expired: UInt64) {
        state.withLock { state in
            guard let reader = state.readers[number] else { return (0, 0) }
            var place = place
            var count: UInt64 = 0
            var expired: UInt64 = 0
            if let floor = reader.floor, floor > place {
                expired = reader.expired(from: place, to: floor)
                count += floor.record - min(place.record, floor.record) - expired
                place = floor
            }
            for hole in reader.holes {
                let to = hole.to ?? state.end
                guard to > place else { continue }
                count += to.record - max(hole.from.record, place.record)
                place = to
            }
            return (count, expired)
        }
    }

    // MARK: Damage

    /// Copies damaged bytes of a file to one beside it, once.
    ///
    /// - Returns: the copy's path; `nil` when there is none.
    func setAside(_ count: Int, of segment: Segment, at offset: Int, log: Log) -> String? {
        guard settings.isPersistent else { return nil }
        do throws(OperationError) {
            return try segment.storage.setAside(count, at: offset)
        } catch {
            log.error("\(error)")
            return nil
        }
    }
}
