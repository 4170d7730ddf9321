import Core

/// The names of all name tables as JSON strings, ready for block copies.
@safe
final class NameTexts: @unchecked Sendable {
    // Sendable: never changed after init. The memory is owned by the instance.

    static let shared = NameTexts()

    /// Bytes of an entry: length (0 when there is no name), then the text with its quotes.
    private static let entry = 32
    /// Numbers that have an entry; the rest is asked from the table.
    private static let numbers = 256

    private let memory: UnsafeMutableRawPointer

    private init() {
        let tables = Int(NameTable.allCases.map(\.rawValue).max() ?? 0) + 1
        let count = tables * Self.numbers * Self.entry + ByteBuffer.slack
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
        for table in NameTable.allCases {
            for number in 0..<Self.numbers {
                guard let name = table.name(of: UInt64(number)) else { continue }
                fill(table, number, Array("\"\(name)\"".utf8))
            }
        }
    }

    private func fill(_ table: NameTable, _ number: Int, _ text: [UInt8]) {
        precondition(text.count < Self.entry, "a registered name is too long for its entry")
        // The entry lies inside the memory: table and number are below their bounds.
        let start = unsafe memory + (Int(table.rawValue) * Self.numbers + number) * Self.entry
        unsafe start.storeBytes(of: UInt8(text.count), as: UInt8.self)
        for (offset, byte) in text.enumerated() {
            unsafe start.storeBytes(of: byte, toByteOffset: 1 + offset, as: UInt8.self)
        }
    }

    /// Writes the name as a JSON string, or nothing when the table has none.
    @inline(__always)
    func put(table: Int, _ number: UInt64, _ start: TextCursor) -> TextCursor {
        var cursor = start
        if number >= UInt64(Self.numbers) { return putRare(table: table, number, cursor) }
        // As in `fill`; the memory has slack for the block copy.
        let entry = unsafe memory + (table * Self.numbers + Int(number)) * Self.entry
        let count = unsafe Int(entry.load(as: UInt8.self))
        unsafe cursor.putShort(entry + 1, count: count)
        return cursor
    }

    func hasName(table: Int, _ number: UInt64) -> Bool {
        NameTable(rawValue: UInt8(table))?.name(of: number) != nil
    }

    @inline(never)
    private func putRare(table: Int, _ number: UInt64, _ start: TextCursor) -> TextCursor {
        guard let name = NameTable(rawValue: UInt8(table))?.name(of: number) else { return start }
        var cursor = start
        cursor.put(UInt8(ascii: "\""))
        cursor.put(name)
        cursor.put(UInt8(ascii: "\""))
        return cursor
    }
}
