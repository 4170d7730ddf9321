/// A value with structure, as one run of bytes: a tree of tagged values.
///
/// Each value is a tag byte and its content. Containers know their length in bytes, so a reader
/// skips what it does not want. Numbers are big-endian. Reading is checked; a corrupt tree ends early.
///
/// | tag | content |
/// |---|---|
/// | 0 null, 1 false, 2 true | none |
/// | 3 unsigned, 4 signed, 5 double, 6 timestamp (ns) | 8 bytes |
/// | 7 text, 8 bytes | u32 length, bytes |
/// | 9 address | 16 bytes |
/// | 10 MAC | 6 bytes |
/// | 11 array | u32 length in bytes, values |
/// | 12 map | u32 length in bytes; for each entry u32 key length, key, value |
public struct Nested: ~Escapable {
    public enum Tag: UInt8, Sendable {
        case null = 0
        case no = 1
        case yes = 2
        case unsigned = 3
        case signed = 4
        case double = 5
        case timestamp = 6
        case text = 7
        case bytes = 8
        case address = 9
        case mac = 10
        case array = 11
        case map = 12
    }

    /// Deepest nesting that is read or written.
    public static let depthLimit = 64

    /// The tagged value.
    public let bytes: RawSpan

    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) { self.bytes = bytes }

    public var tag: Tag? { bytes.byteCount > 0 ? Tag(rawValue: bytes.byte(at: 0)) : nil }

    public var isMap: Bool { tag == .map }

    /// The value; containers come back as `.nested`.
    public var value: FieldValue {
        @_lifetime(copy self)
        get {
            guard let tag else { return .null }
            switch tag {
            case .null: return .null
            case .no: return .boolean(false)
            case .yes: return .boolean(true)
            case .unsigned: return scalar(8, .unsigned)
            case .signed: return scalar(8, .signed)
            case .double: return scalar(8, .float)
            case .timestamp: return scalar(8, .nanoseconds)
            case .text: return .text(content)
            case .bytes: return .bytes(content)
            case .address: return scalar(16, .address)
            case .mac: return scalar(6, .mac)
            case .array, .map: return .nested(self)
            }
        }
    }

    @_lifetime(copy self)
    private func scalar(_ count: Int, _ encoding: Encoding) -> FieldValue {
        guard bytes.byteCount >= 1 + count else { return .null }
        return FieldValue.read(bytes.extracting(1..<1 + count), as: encoding)
    }

    /// What follows the tag and the length of text, bytes, arrays and maps.
    private var content: RawSpan {
        @_lifetime(copy self)
        get {
            guard bytes.byteCount >= 5 else { return bytes.extracting(0..<0) }
            let length = Swift.min(Int(bytes.uint32(at: 1)), bytes.byteCount - 5)
            return bytes.extracting(5..<5 + length)
        }
    }

    /// Bytes of the value that starts at `offset` of `bytes`; `nil` when it is corrupt.
    static func length(of bytes: RawSpan, at offset: Int) -> Int? {
        guard offset < bytes.byteCount, let tag = Tag(rawValue: bytes.byte(at: offset)) else {
            return nil
        }
        let count: Int
        switch tag {
        case .null, .no, .yes: count = 1
        case .unsigned, .signed, .double, .timestamp: count = 9
        case .address: count = 17
        case .mac: count = 7
        case .text, .bytes, .array, .map:
            guard offset + 5 <= bytes.byteCount else { return nil }
            count = 5 + Int(bytes.uint32(at: offset + 1))
        }
        return offset + count <= bytes.byteCount ? count : nil
    }

    /// Calls `body` for each element of an array or entry of a map, until it returns `false`.
    ///
    /// - Parameter body: gets the key (empty in arrays) and the value.
    public func forEach<Failure: Error>(
        _ body: (RawSpan, Nested) throws(Failure) -> Bool
    ) throws(Failure) {
        let hasKeys = isMap
        guard hasKeys || tag == .array else { return }
        let content = self.content
        var offset = 0
        while offset < content.byteCount {
            var key = content.extracting(0..<0)
            if hasKeys {
                guard offset + 4 <= content.byteCount else { return }
                let length = Int(content.uint32(at: offset))
                guard offset + 4 <= content.byteCount - length else { return }
                key = content.extracting(offset + 4..<offset + 4 + length)
                offset += 4 + length
            }
            guard let length = Nested.length(of: content, at: offset) else { return }
            let value = Nested(content.extracting(offset..<offset + length))
            if try !body(key, value) { return }
            offset += length
        }
    }

    /// The value under `key` of a map.
    @_lifetime(copy self)
    public func value(forKey key: String) -> Nested? {
        var found: Range<Int>?
        let content = self.content
        guard isMap else { return nil }
        var offset = 0
        while offset + 4 <= content.byteCount, found == nil {
            let keyLength = Int(content.uint32(at: offset))
            let keyStart = offset + 4
            guard keyStart <= content.byteCount - keyLength,
                let length = Nested.length(of: content, at: keyStart + keyLength)
            else { return nil }
            let start = keyStart + keyLength
            if content.extracting(keyStart..<start).isText(key) {
                found = start..<start + length
            }
            offset = start + length
        }
        guard let found else { return nil }
        return Nested(content.extracting(found))
    }

    /// Element `index` of an array.
    @_lifetime(copy self)
    public func element(at index: Int) -> Nested? {
        guard tag == .array, index >= 0 else { return nil }
        let content = self.content
        var offset = 0
        for _ in 0..<index {
            guard let length = Nested.length(of: content, at: offset) else { return nil }
            offset += length
        }
        guard let length = Nested.length(of: content, at: offset) else { return nil }
        return Nested(content.extracting(offset..<offset + length))
    }
}

extension RawSpan {
    /// Whether the bytes are the UTF-8 of `text`.
    public func isText(_ text: String) -> Bool {
        let units = text.utf8
        guard units.count == byteCount else { return false }
        var offset = 0
        for unit in units {
            if unit != byte(at: offset) { return false }
            offset += 1
        }
        return true
    }
}

/// Writes a `Nested` value at the end of a buffer.
///
/// Open containers are closed in reverse order; a map alternates `key` and one value.
public struct NestedWriter: ~Copyable {
    public var buffer: ByteBuffer
    private var open: [Int] = []

    public init() { buffer = ByteBuffer() }

    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get { buffer.bytes }
    }

    public mutating func removeAll() {
        buffer.removeAll()
        if !open.isEmpty { open.removeAll(keepingCapacity: true) }
    }

    /// Containers begun and not ended.
    public var depth: Int { open.count }

    public mutating func beginMap() { begin(.map) }
    public mutating func beginArray() { begin(.array) }

    private mutating func begin(_ tag: Nested.Tag) {
        buffer.append(tag.rawValue)
        open.append(buffer.count)
        buffer.append(bigEndian: UInt32(0))
    }

    /// Ends the container begun last.
    public mutating func end() {
        guard let start = open.popLast() else { preconditionFailure("no container is open") }
        buffer.store(bigEndian: UInt32(truncatingIfNeeded: buffer.count - start - 4), at: start)
    }

    public mutating func key(_ key: RawSpan) {
        buffer.append(bigEndian: UInt32(truncatingIfNeeded: key.byteCount))
        buffer.append(key)
    }

    public mutating func key(_ key: String) {
        buffer.append(bigEndian: UInt32(key.utf8.count))
        buffer.append(key)
    }

    public mutating func null() { buffer.append(Nested.Tag.null.rawValue) }

    public mutating func boolean(_ value: Bool) {
        buffer.append((value ? Nested.Tag.yes : .no).rawValue)
    }

    public mutating func unsigned(_ value: UInt64) {
        buffer.append(Nested.Tag.unsigned.rawValue)
        buffer.append(bigEndian: value)
    }

    public mutating func signed(_ value: Int64) {
        buffer.append(Nested.Tag.signed.rawValue)
        buffer.append(bigEndian: value)
    }

    public mutating func double(_ value: Double) {
        buffer.append(Nested.Tag.double.rawValue)
        buffer.append(bigEndian: value.bitPattern)
    }

    public mutating func text(_ value: RawSpan) {
        buffer.append(Nested.Tag.text.rawValue)
        buffer.append(bigEndian: UInt32(truncatingIfNeeded: value.byteCount))
        buffer.append(value)
    }

    public mutating func text(_ value: String) {
        buffer.append(Nested.Tag.text.rawValue)
        buffer.append(bigEndian: UInt32(value.utf8.count))
        buffer.append(value)
    }

    /// Octets without a meaning.
    public mutating func bytes(_ value: RawSpan) {
        buffer.append(Nested.Tag.bytes.rawValue)
        buffer.append(bigEndian: UInt32(truncatingIfNeeded: value.byteCount))
        buffer.append(value)
    }

    /// - Parameter value: six bytes in the low 48 bits.
    public mutating func mac(_ value: UInt64) {
        buffer.append(Nested.Tag.mac.rawValue)
        buffer.append(bigEndian: UInt16(truncatingIfNeeded: value >> 32))
        buffer.append(bigEndian: UInt32(truncatingIfNeeded: value))
    }

    public mutating func timestamp(_ value: Timestamp) {
        buffer.append(Nested.Tag.timestamp.rawValue)
        buffer.append(bigEndian: value.nanoseconds)
    }

    public mutating func address(_ value: IPAddress) {
        buffer.append(Nested.Tag.address.rawValue)
        buffer.append(bigEndian: value.high)
        buffer.append(bigEndian: value.low)
    }
}
