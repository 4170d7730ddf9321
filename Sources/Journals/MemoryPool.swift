import Core
import Synchronization

/// Blocks of memory for segments, used again: the system zeroes every fresh page, which costs more
/// than writing the frames.
final class MemoryPool: Sendable {
    /// Blocks kept for the next segments; the rest goes back to the system.
    private static let spareLimit = 2

    private let length: Int
    private let spares = Mutex<[Memory]>([])

    /// - Parameter length: bytes of the blocks that are kept.
    init(length: Int) { self.length = length }

    /// A block of at least `count` bytes, returned to the pool when nobody holds it any more.
    func block(atLeast count: Int) -> Block {
        guard count <= length else { return Block(Memory(capacity: count), pool: nil) }
        let spare = spares.withLock { $0.popLast() }
        return Block(spare ?? Memory(capacity: length), pool: self)
    }

    private func giveBack(_ memory: Memory) {
        spares.withLock { spares in
            if spares.count < Self.spareLimit { spares.append(memory) }
        }
    }

    /// Bytes with one owner at a time.
    @safe
    final class Memory: @unchecked Sendable {
        // Sendable: the pointer never changes; `Block` says who may touch the bytes.
        fileprivate let start: UnsafeMutableRawPointer
        let capacity: Int

        init(capacity: Int) {
            // Freed in deinit; bytes are read only after they were stored.
            unsafe start = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
            self.capacity = capacity
        }

        deinit { unsafe start.deallocate() }
    }

    /// The memory of one segment.
    ///
    /// One thread stores beyond what others load.
    final class Block: Sendable {
        private let memory: Memory
        private let pool: MemoryPool?

        fileprivate init(_ memory: Memory, pool: MemoryPool?) {
            self.memory = memory
            self.pool = pool
        }

        deinit { pool?.giveBack(memory) }

        var capacity: Int { memory.capacity }

        func store(_ bytes: RawSpan, at offset: Int) {
            precondition(offset >= 0 && offset <= capacity - bytes.byteCount)
            // The precondition proves the bounds; the span lies elsewhere.
            unsafe bytes.withUnsafeBytes { source in
                if let base = source.baseAddress {
                    unsafe (memory.start + offset).copyMemory(from: base, byteCount: source.count)
                }
            }
        }

        /// Calls `body` with bytes that were stored before.
        func withBytes<Result, Failure: Error>(
            at offset: Int, count: Int, _ body: (RawSpan) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            precondition(offset >= 0 && count >= 0 && offset <= capacity - count)
            // The precondition proves the bounds; `self` keeps the memory during the call.
            return try body(
                unsafe RawSpan(
                    _unsafeStart: UnsafeRawPointer(memory.start + offset), byteCount: count))
        }
    }
}
