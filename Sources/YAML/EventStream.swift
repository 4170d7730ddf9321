import CYaml

/// Reads YAML text event by event through libyaml.
///
/// The only place that touches the C library. The parser holds pointers into itself and into the
/// text, so both live on the heap for as long as the stream does.
@safe
struct EventStream: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let bytes: [UInt8]

    /// - Returns: `nil` when libyaml has no memory left.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A copy at a fixed address: libyaml keeps the pointer between calls.
        unsafe text = .allocate(capacity: Swift.max(bytes.count, 1))
        _ = unsafe text.initialize(from: bytes)
        unsafe parser = .allocate(capacity: 1)
        // `yaml_parser_t` is plain C data and is cleared by the call.
        unsafe parser.initialize(to: yaml_parser_t())
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            unsafe text.deallocate()
            return nil
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
    }

    deinit {
        // Both were allocated by `init` and are released nowhere else.
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe text.deallocate()
    }

    /// The next event; after `streamEnd` or an error there is none.
    ///
    /// - Throws: the place where the text stops being YAML.
    mutating func next() throws(SyntaxError) -> Event {
        while true {
            var raw = unsafe yaml_event_t()
            // The event is filled by the parser and freed below, whatever it holds.
            guard unsafe yaml_parser_parse(parser, &raw) == 1 else { throw syntaxError() }
            defer { unsafe yaml_event_delete(&raw) }
            if let event = unsafe Self.event(raw) { return event }
        }
    }

    /// Copies what matters out of a C event; `nil` for stream start and document end.
    private static func event(_ raw: yaml_event_t) -> Event? {
        let line = unsafe Int(clamping: raw.start_mark.line) + 1
        let column = unsafe Int(clamping: raw.start_mark.column) + 1
        func make(
            _ kind: Event.Kind, anchor: UnsafeMutablePointer<yaml_char_t>? = nil,
            tag: UnsafeMutablePointer<yaml_char_t>? = nil
        ) -> Event {
            // Both point to zero-terminated text that belongs to the event.
            unsafe Event(
                kind: kind, line: line, column: column, anchor: Self.text(anchor),
                tag: Self.text(tag))
        }
        // `type` says which member of the union holds.
        switch unsafe raw.type {
        case YAML_DOCUMENT_START_EVENT: return make(.documentStart)
        case YAML_STREAM_END_EVENT: return make(.streamEnd)
        case YAML_ALIAS_EVENT:
            return unsafe make(.alias(Self.text(raw.data.alias.anchor) ?? ""))
        case YAML_SCALAR_EVENT:
            let scalar = unsafe raw.data.scalar
            let value = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            return unsafe make(
                .scalar(String(decoding: value, as: UTF8.self), isPlain: isPlain),
                anchor: scalar.anchor, tag: scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            return unsafe make(
                .listStart, anchor: raw.data.sequence_start.anchor,
                tag: raw.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT: return make(.listEnd)
        case YAML_MAPPING_START_EVENT:
            return unsafe make(
                .mapStart, anchor: raw.data.mapping_start.anchor,
                tag: raw.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT: return make(.mapEnd)
        default: return nil
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        // libyaml terminates its strings with zero.
        unsafe pointer.map { unsafe String(cString: $0) }
    }

    /// What libyaml says about the failure of the call before.
    private func syntaxError() -> SyntaxError {
        // The texts are constants of the library; the parser outlives this call.
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
        if unsafe parser.pointee.error == YAML_READER_ERROR {
            let offset = unsafe Int(clamping: parser.pointee.problem_offset)
            let place = place(ofByte: offset)
            return SyntaxError(
                problem: problem ?? "unreadable text", line: place.line, column: place.column)
        }
        let mark = unsafe parser.pointee.problem_mark
        var error = SyntaxError(
            problem: problem ?? "out of memory", line: Int(clamping: mark.line) + 1,
            column: Int(clamping: mark.column) + 1)
        if let context = unsafe parser.pointee.context {
            let mark = unsafe parser.pointee.context_mark
            error.context = unsafe String(cString: context)
            error.contextLine = Int(clamping: mark.line) + 1
            error.contextColumn = Int(clamping: mark.column) + 1
        }
        error.isAtTab = character(line: error.line, column: error.column) == UInt8(ascii: "\t")
        return error
    }

    private func place(ofByte offset: Int) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }

    /// The first byte of the character at a place, if there is one.
    private func character(line: Int, column: Int) -> UInt8? {
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"), maxSplits: line, omittingEmptySubsequences: false)
        guard line <= lines.count else { return nil }
        return lines[line - 1].filter { $0 & 0xc0 != 0x80 }.dropFirst(column - 1).first
    }
}
