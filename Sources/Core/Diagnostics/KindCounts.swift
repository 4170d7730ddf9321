import Synchronization

/// How many messages of each kind a decoder recognised: by event and pattern, or whatever it tells
/// apart.
///
/// A kind that stops counting after an upgrade of the senders tells of a changed text. Like all
/// counters of an input they have one writer; anyone may read them at any time.
public final class KindCounts: Sendable {
    /// What is counted.
    public struct Kind: Hashable, Sendable {
        /// `link_up`, `other`.
        public var name: String
        /// What tells kinds of one name apart: a pattern; may be empty.
        public var detail: String

        public init(name: String, detail: String = "") {
            self.name = name
            self.detail = detail
        }
    }

    /// Most kinds that one decoder tells apart.
    public static let limit = 320

    public let kinds: [Kind]
    private let counts: InlineArray<320, Atomic<UInt64>>

    /// - Parameter kinds: at most `limit`.
    public init(_ kinds: [Kind]) {
        precondition(kinds.count <= Self.limit)
        self.kinds = kinds
        counts = InlineArray { _ in Atomic(0) }
    }

    /// Counts one message of the kind at an index of `kinds`.
    @inline(__always)
    public func count(_ kind: Int) {
        counts[kind].store(counts[kind].load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// The numbers of one moment, in the order of `kinds`.
    public var snapshot: [(kind: Kind, count: UInt64)] {
        kinds.indices.map { (kinds[$0], counts[$0].load(ordering: .relaxed)) }
    }
}
