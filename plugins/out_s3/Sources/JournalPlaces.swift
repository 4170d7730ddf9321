import Core

/// How far the journals are read and delivered, by source.
struct JournalPlaces {
    let sources: [OutputSource]
    /// The number behind the last record that was written.
    var read: [UInt64]
    /// All records before are delivered.
    private(set) var floors: [UInt64]
    /// Records before may be delivered, or belong to an object that was decided on.
    private(set) var replayEnds: [UInt64]

    init(_ sources: [OutputSource]) {
        self.sources = sources
        floors = Array(repeating: 0, count: sources.count)
        read = floors
        replayEnds = floors
    }

    /// - Parameter known: what is delivered of sources that were there before.
    init(_ sources: [OutputSource], floors known: [(source: Int, floor: UInt64)]) {
        self.init(sources)
        for (source, floor) in known { floors[source] = floor }
        read = floors
        replayEnds = floors
    }

    /// Records before `end` were decided on.
    mutating func replay(_ source: Int, before end: UInt64) {
        replayEnds[source] = max(replayEnds[source], end)
    }

    /// Everything before these numbers is delivered.
    mutating func raiseFloors(to numbers: [UInt64]) {
        for source in floors.indices { floors[source] = max(floors[source], numbers[source]) }
    }
}
