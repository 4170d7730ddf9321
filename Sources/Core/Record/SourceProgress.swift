/// How far one source of an input has been read: a file, a partition.
///
/// A batch carries the new places of the sources that its records came from; the journal stores
/// them in the same frame as the records, keeps the newest place of every source, and gives them
/// back after a restart. So a place and its records are kept or lost together.
public struct SourceProgress: Sendable, Equatable {
    /// Names the source, in the input's own form; at most 64 KiB.
    public var source: [UInt8]
    /// The place behind the batch, in the input's own form, at most 64 KiB; empty when the source
    /// is done with and need not be remembered.
    public var place: [UInt8]

    public init(source: [UInt8], place: [UInt8]) {
        self.source = source
        self.place = place
    }
}

/// The newest place of every source.
public struct SourcePlaces: Sendable, Equatable {
    private var places: [[UInt8]: [UInt8]] = [:]

    public init() {}

    public var isEmpty: Bool { places.isEmpty }

    public subscript(source: [UInt8]) -> [UInt8]? { places[source] }

    /// Takes in newer places; sources that are done with are forgotten.
    public mutating func merge(_ progress: [SourceProgress]) {
        for step in progress { places[step.source] = step.place.isEmpty ? nil : step.place }
    }

    public mutating func removeAll() { places.removeAll() }

    /// All of them, sorted by source.
    public var all: [SourceProgress] {
        places.map { SourceProgress(source: $0.key, place: $0.value) }
            .sorted { $0.source.lexicographicallyPrecedes($1.source) }
    }
}
