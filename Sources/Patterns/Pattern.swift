import CPCRE2

/// A compiled regular expression, shared by all threads; each thread matches with its own
/// `Matcher`.
///
/// Patterns are read as Fluent Bit reads them (Ruby syntax of Onigmo), and run by PCRE2 with JIT:
/// - `/.../imx` slashes with options; `m` lets `.` match line ends, as in Ruby.
/// - `^` and `$` match at every line's begin and end.
/// - `\h` is a hexadecimal digit, `(?<name>...)` a named group; a name may be used twice.
///
/// Text is matched as bytes, so any input is fine. A pattern that starts with `(*UTF)` or holds a
/// character beyond ASCII matches whole UTF-8 characters; invalid bytes then match nothing.
@safe
public final class Pattern: @unchecked Sendable {
    // Sendable: the code is written by init only; PCRE2 allows matching it from many threads.

    /// As the user wrote it.
    public let source: String
    /// The named groups in the order of their first place in the pattern.
    public let groups: [Group]
    let code: OpaquePointer

    /// A named group.
    public struct Group: Hashable, Sendable {
        public var name: String
        /// Its capture numbers; more than one when the pattern uses the name again.
        public var numbers: [Int]
    }

    /// Compiles a pattern.
    public init(_ source: String) throws(PatternError) {
        let syntax = RubySyntax(source)
        var number: Int32 = 0
        var offset = 0
        var options = PCRE2_MULTILINE | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C
        if syntax.ignoresCase { options |= PCRE2_CASELESS }
        if syntax.dotMatchesNewline { options |= PCRE2_DOTALL }
        if syntax.isExtended { options |= PCRE2_EXTENDED }
        if syntax.wantsCharacters { options |= PCRE2_MATCH_INVALID_UTF }
        let text = syntax.pattern
        // The text lives for the call; the code that comes back is owned by this object.
        let compiled = unsafe text.withUnsafeBufferPointer { text in
            unsafe pcre2_compile_8(
                text.baseAddress, text.count, options, &number, &offset, nil)
        }
        guard let compiled = unsafe compiled else {
            throw PatternError(
                source: source, offset: syntax.sourceOffset(of: offset),
                reason: PatternError.text(number))
        }
        // Without JIT (no executable memory) the interpreter runs the same code.
        unsafe pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
        self.source = source
        unsafe code = compiled
        groups = unsafe Pattern.groups(of: compiled, longNames: syntax.longNames)
    }

    deinit { unsafe pcre2_code_free_8(code) }

    /// A matcher for the calling thread.
    public func makeMatcher() -> Matcher { Matcher(self) }

    /// Reads PCRE2's table of names: entries of one size, each a big-endian number and a C string.
    @unsafe
    private static func groups(
        of code: OpaquePointer, longNames: [String: String]
    ) -> [Group] {
        var count: UInt32 = 0
        var entrySize: UInt32 = 0
        var table: UnsafePointer<UInt8>?
        // Each call stores a value of the type its name demands (pcre2api(3)).
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &entrySize)
        unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
        guard let table = unsafe table else { return [] }
        var groups: [Group] = []
        for index in 0..<Int(count) {
            let entry = unsafe UnsafeBufferPointer(
                start: table + index * Int(entrySize), count: Int(entrySize))
            let number = unsafe Int(entry[0]) << 8 | Int(entry[1])
            let text = unsafe String(decoding: entry.dropFirst(2).prefix { $0 != 0 }, as: UTF8.self)
            let name = longNames[text] ?? text
            if let known = groups.firstIndex(where: { $0.name == name }) {
                groups[known].numbers.append(number)
            } else {
                groups.append(Group(name: name, numbers: [number]))
            }
        }
        for index in groups.indices { groups[index].numbers.sort() }
        return groups.sorted { $0.numbers[0] < $1.numbers[0] }
    }
}
