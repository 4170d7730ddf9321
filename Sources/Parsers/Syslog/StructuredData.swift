import Core

/// Reads RFC 5424 structured data and writes it as a map of maps.
///
/// Repeated parameters of one element become an array; a repeated element, which the RFC forbids,
/// is merged into the first.
struct StructuredData: ~Copyable {
    /// Parameters beyond this many are left out.
    static let parameterLimit = 256

    private struct Parameter {
        /// Index of its element among those with different names.
        var element: Int
        var name: Range<Int>
        var value: Range<Int>
        var hasEscapes: Bool
        var isWritten = false
    }

    private var parameters: [Parameter] = []
    /// The names of the elements, each once.
    private var elements: [Range<Int>] = []
    private var elementCount = 0
    private var writer = NestedWriter()
    /// `sequenceId` of the element `meta`; 0 when there is none from 1 to 2147483647.
    private(set) var sequence: UInt32 = 0
    /// Whether a name has more than 32 bytes.
    private(set) var hasLongName = false

    private static let nameLimit = 32

    init() {}

    /// Reads the elements that start at `start`, where a `[` stands.
    ///
    /// - Returns: the offset behind the last element; `nil` when an element is not well-formed.
    mutating func read(_ line: RawSpan, at start: Int) -> Int? {
        sequence = 0
        hasLongName = false
        if let end = readPlain(line, at: start) { return end }
        parameters.removeAll(keepingCapacity: true)
        elements.removeAll(keepingCapacity: true)
        elementCount = 0
        var offset = start
        while line.hasByte(UInt8(ascii: "["), at: offset) {
            guard let end = readElement(line, at: offset &+ 1) else { return nil }
            offset = end
        }
        // Behind the last element comes a space or the end (RFC 5424 §6).
        guard offset == line.byteCount || line.byte(at: offset) == UInt8(ascii: " ") else {
            return nil
        }
        write(line)
        return offset
    }

    // MARK: Plain data

    /// Reads and writes data of the usual form at once: one element, up to eight parameters, none
    /// repeated, nothing escaped.
    ///
    /// - Returns: the offset behind the element; `nil` when the data have another form.
    private mutating func readPlain(_ line: RawSpan, at start: Int) -> Int? {
        guard let idEnd = Self.nameEnd(line, from: start &+ 1),
            idEnd &- start <= Self.nameLimit
        else { return nil }
        writer.removeAll()
        let outer = beginMap()
        writer.key(line.extracting(start &+ 1..<idEnd))
        let inner = beginMap()
        let isMeta = idEnd &- start == 5 && line.hasBytes(of: "meta", at: start &+ 1)
        var names = InlineArray<8, UInt64>(repeating: 0)
        var count = 0
        var offset = idEnd
        while !line.hasByte(UInt8(ascii: "]"), at: offset) {
            guard count < 8, line.hasByte(UInt8(ascii: " "), at: offset),
                let nameEnd = Self.nameEnd(line, from: offset &+ 1),
                nameEnd &- offset <= Self.nameLimit, line.hasBytes(of: "=\"", at: nameEnd),
                let quote = line.firstIndex(
                    of: UInt8(ascii: "\""), or: UInt8(ascii: "\\"), from: nameEnd &+ 2),
                line.byte(at: quote) == UInt8(ascii: "\"")
            else { return nil }
            let name = line.extracting(offset &+ 1..<nameEnd)
            let value = line.extracting(nameEnd &+ 2..<quote)
            if Self.isRepeated(name, among: names, count, in: line) { return nil }
            names[count] = SyslogFields.slot(offset &+ 1, nameEnd)
            count &+= 1
            if isMeta, name.isText("sequenceId") { sequence = Self.sequence(value) }
            writer.key(name)
            writer.text(value)
            offset = quote &+ 1
        }
        offset &+= 1
        guard offset == line.byteCount || line.byte(at: offset) == UInt8(ascii: " ") else {
            return nil
        }
        endMap(inner)
        endMap(outer)
        return offset
    }

    private static func isRepeated(
        _ name: RawSpan, among names: borrowing InlineArray<8, UInt64>, _ count: Int,
        in line: RawSpan
    ) -> Bool {
        for index in 0..<count {
            let start = Int(names[index] >> 32)
            let length = Int(names[index] & 0xffff_ffff)
            if length == name.byteCount,
                line.extracting(start..<start &+ length).hasSameBytes(as: name)
            {
                return true
            }
        }
        return false
    }

    /// Begins a map without taking note of it, which costs more than all else that is written.
    private mutating func beginMap() -> Int {
        writer.buffer.append(Nested.Tag.map.rawValue)
        writer.buffer.append(bigEndian: UInt32(0))
        return writer.buffer.count
    }

    /// - Parameter start: what `beginMap` returned.
    private mutating func endMap(_ start: Int) {
        writer.buffer.store(
            bigEndian: UInt32(truncatingIfNeeded: writer.buffer.count &- start), at: start &- 4)
    }

    // MARK: Any data

    /// Reads `id name="value" ...]`; `nil` when it ends early or has another form.
    private mutating func readElement(_ line: RawSpan, at start: Int) -> Int? {
        guard let idEnd = Self.nameEnd(line, from: start) else { return nil }
        let element = element(line, start..<idEnd)
        var offset = idEnd
        while offset < line.byteCount {
            if line.byte(at: offset) == UInt8(ascii: "]") { return offset &+ 1 }
            guard line.byte(at: offset) == UInt8(ascii: " ") else { return nil }
            offset &+= 1
            // Tolerated: more than one space, and spaces before the bracket.
            if line.hasByte(UInt8(ascii: " "), at: offset)
                || line.hasByte(UInt8(ascii: "]"), at: offset)
            {
                continue
            }
            guard let end = readParameter(line, at: offset, of: element) else { return nil }
            offset = end
        }
        return nil
    }

    /// The index of an element's name; -1 beyond the limit.
    private mutating func element(_ line: RawSpan, _ id: Range<Int>) -> Int {
        if elementCount == Self.parameterLimit { return -1 }
        elementCount += 1
        for index in elements.indices
        where elements[index].count == id.count
            && line.extracting(elements[index]).hasSameBytes(as: line.extracting(id))
        {
            return index
        }
        elements.append(id)
        return elements.count - 1
    }

    private mutating func readParameter(
        _ line: RawSpan, at start: Int, of element: Int
    ) -> Int? {
        guard let nameEnd = Self.nameEnd(line, from: start),
            line.hasByte(UInt8(ascii: "="), at: nameEnd)
        else { return nil }
        var offset = nameEnd &+ 1
        // Some senders put a space before the value.
        if line.hasByte(UInt8(ascii: " "), at: offset) { offset &+= 1 }
        guard line.hasByte(UInt8(ascii: "\""), at: offset) else { return nil }
        offset &+= 1
        let valueStart = offset
        var hasEscapes = false
        while offset < line.byteCount {
            switch line.byte(at: offset) {
            case UInt8(ascii: "\""):
                if parameters.count < Self.parameterLimit {
                    parameters.append(
                        Parameter(
                            element: element, name: start..<nameEnd, value: valueStart..<offset,
                            hasEscapes: hasEscapes))
                }
                return offset &+ 1
            case UInt8(ascii: "\\"):
                hasEscapes = true
                offset &+= 2
            default: offset &+= 1
            }
        }
        return nil
    }

    /// The end of an SD-NAME: printable, without `=`, space, `]` and `"`; not empty.
    private static func nameEnd(_ line: RawSpan, from start: Int) -> Int? {
        var offset = start
        while offset < line.byteCount,
            !ByteSet.structuredNameEnd.contains(line.byte(at: offset))
        {
            offset &+= 1
        }
        return offset > start ? offset : nil
    }

    // MARK: Writing

    /// Appends the map read last to the variable part of the row being written.
    ///
    /// - Returns: the slot that points to it.
    func append(to batch: inout RecordBatch, rowLength: Int) -> UInt64 {
        let start = batch.appendVariable(writer.buffer.bytes, rowLength: rowLength)
        return Slot.pack(offset: start, length: writer.buffer.count)
    }

    private mutating func write(_ line: RawSpan) {
        writer.removeAll()
        writer.beginMap()
        for element in elements.indices {
            let id = elements[element]
            if id.count > Self.nameLimit { hasLongName = true }
            if id.count == 4, line.hasBytes(of: "meta", at: id.lowerBound) {
                readSequence(line, of: element)
            }
            writer.key(line.extracting(id))
            writer.beginMap()
            for index in parameters.indices
            where parameters[index].element == element && !parameters[index].isWritten {
                writeParameter(line, at: index)
            }
            writer.end()
        }
        writer.end()
    }

    private mutating func readSequence(_ line: RawSpan, of element: Int) {
        for parameter in parameters
        where parameter.element == element
            && line.extracting(parameter.name).isText("sequenceId")
        {
            sequence = Self.sequence(line.extracting(parameter.value))
            return
        }
    }

    /// The number that a text is; 0 when it is none from 1 to 2147483647.
    private static func sequence(_ text: RawSpan) -> UInt32 {
        guard (1...10).contains(text.byteCount) else { return 0 }
        var value: UInt64 = 0
        for offset in 0..<text.byteCount {
            guard text.byte(at: offset).isDigit else { return 0 }
            value = value &* 10 &+ UInt64(text.byte(at: offset) &- 0x30)
        }
        return value <= UInt64(Int32.max) ? UInt32(value) : 0
    }

    /// Writes a parameter and all later ones of the same element and name.
    private mutating func writeParameter(_ line: RawSpan, at first: Int) {
        let name = parameters[first].name
        if name.count > Self.nameLimit { hasLongName = true }
        writer.key(line.extracting(name))
        var isArray = false
        for index in first &+ 1..<parameters.count where isSame(line, index, first) {
            parameters[index].isWritten = true
            isArray = true
        }
        guard isArray else { return writeValue(line, parameters[first]) }
        writer.beginArray()
        writeValue(line, parameters[first])
        for index in first &+ 1..<parameters.count where isSame(line, index, first) {
            writeValue(line, parameters[index])
        }
        writer.end()
    }

    /// Whether two parameters are of one element and one name.
    @inline(__always)
    private func isSame(_ line: RawSpan, _ one: Int, _ other: Int) -> Bool {
        parameters[one].element == parameters[other].element
            && parameters[one].name.count == parameters[other].name.count
            && line.extracting(parameters[one].name).hasSameBytes(
                as: line.extracting(parameters[other].name))
    }

    /// Writes a value without its escapes: only `\"`, `\\` and `\]` are any (RFC 5424 §6.3.3).
    private mutating func writeValue(_ line: RawSpan, _ parameter: Parameter) {
        let value = line.extracting(parameter.value)
        guard parameter.hasEscapes else {
            writer.text(value)
            return
        }
        writer.buffer.append(Nested.Tag.text.rawValue)
        let lengthAt = writer.buffer.count
        writer.buffer.append(bigEndian: UInt32(0))
        var offset = 0
        while offset < value.byteCount {
            var byte = value.byte(at: offset)
            if byte == UInt8(ascii: "\\"), offset &+ 1 < value.byteCount {
                let next = value.byte(at: offset &+ 1)
                if next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
                    || next == UInt8(ascii: "]")
                {
                    byte = next
                    offset &+= 1
                }
            }
            writer.buffer.append(byte)
            offset &+= 1
        }
        writer.buffer.store(
            bigEndian: UInt32(truncatingIfNeeded: writer.buffer.count - lengthAt - 4),
            at: lengthAt)
    }
}
