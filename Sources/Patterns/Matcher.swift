import CPCRE2

/// Matches one pattern, for one thread; keeps the captures of the last match.
///
/// Matching allocates nothing. Work per text is bounded, so that no pattern can stall an input:
/// a match that would go beyond `stepLimit` counts as none and in `limitHits`.
@safe
public final class Matcher {
    /// Steps of backtracking allowed per text; some milliseconds.
    public static let stepLimit: UInt32 = 1_000_000

    public let pattern: Pattern
    /// Texts that were given up on because matching took too many steps or too much memory.
    public private(set) var limitHits: UInt64 = 0
    private let data: OpaquePointer
    private let context: OpaquePointer
    private let stack: OpaquePointer?
    /// Capture offsets in pairs, owned by `data`.
    private let offsets: UnsafeMutablePointer<Int>
    private let groupCount: Int
    private var hasMatch = false

    init(_ pattern: Pattern) {
        self.pattern = pattern
        // PCRE2 returns nil only when memory is exhausted, which ends a Swift process anyway.
        guard let data = unsafe pcre2_match_data_create_from_pattern_8(pattern.code, nil),
            let context = unsafe pcre2_match_context_create_8(nil)
        else { preconditionFailure("out of memory") }
        unsafe pcre2_set_match_limit_8(context, Matcher.stepLimit)
        // In KiB; the interpreter's bound, JIT code has the stack below.
        unsafe pcre2_set_heap_limit_8(context, 16 << 10)
        // JIT code starts on 32 KiB of the thread's own stack, too few for long texts. The pages
        // are taken as they are used.
        unsafe stack = pcre2_jit_stack_create_8(32 << 10, 1 << 20, nil)
        if let stack = unsafe stack {
            unsafe pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
        }
        unsafe self.data = data
        unsafe self.context = context
        unsafe offsets = pcre2_get_ovector_pointer_8(data)
        groupCount = unsafe Int(pcre2_get_ovector_count_8(data))
    }

    deinit {
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_match_data_free_8(data)
        unsafe pcre2_jit_stack_free_8(stack)
    }

    /// Whether the pattern matches somewhere in `text`.
    public func matches(_ text: RawSpan) -> Bool {
        // The pointer lives for the call; captures are kept as offsets.
        let result = unsafe text.withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(offsets)
            return unsafe pcre2_match_8(
                pattern.code, start.assumingMemoryBound(to: UInt8.self), bytes.count, 0, 0, data,
                context)
        }
        hasMatch = result >= 0
        if result < PCRE2_ERROR_NOMATCH { limitHits += 1 }
        return hasMatch
    }

    /// Where a group matched in the last text; group 0 is the whole match.
    ///
    /// - Returns: `nil` when the group took no part or the last text did not match.
    public func range(ofGroup number: Int) -> Range<Int>? {
        guard hasMatch, number >= 0, number < groupCount else { return nil }
        // `number` is below the count of pairs.
        let start = unsafe offsets[number * 2]
        let end = unsafe offsets[number * 2 + 1]
        // Unset groups hold ~0, which is -1 here; `\K` can put the start behind the end.
        guard start >= 0, start <= end else { return nil }
        return start..<end
    }

    /// Where a named group matched: the first of its places that took part.
    public func range(of group: Pattern.Group) -> Range<Int>? {
        for number in group.numbers {
            if let range = range(ofGroup: number) { return range }
        }
        return nil
    }

    /// Where the group with this name matched.
    public func range(named name: String) -> Range<Int>? {
        pattern.groups.first { $0.name == name }.flatMap { range(of: $0) }
    }
}
