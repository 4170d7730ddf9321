import Core
import Glibc

/// A file that holds the input being run; it outlives the process that the input ends.
@safe
public final class InputNote {
    /// Longest input kept.
    private static let capacity = 1 << 17

    private let memory: UnsafeMutableRawPointer

    /// - Returns: `nil` when the file cannot be made.
    public init?(path: String) {
        // The path lives for the call.
        let file = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard ftruncate(file, Int(Self.capacity)) == 0 else { return nil }
        let mapped = unsafe mmap(
            nil, Self.capacity, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
        unsafe memory = mapped
    }

    deinit {
        // Mapped in `init` with this length.
        unsafe munmap(memory, Self.capacity)
    }

    /// Writes the length, in eight bytes of this machine's order, and the bytes.
    func keep(_ input: RawSpan) {
        let count = min(input.byteCount, Self.capacity - 8)
        // The mapping has room for `capacity` bytes.
        unsafe memory.storeBytes(of: count, as: Int.self)
        unsafe input.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            unsafe (memory + 8).copyMemory(from: base, byteCount: count)
        }
    }
}
