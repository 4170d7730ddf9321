/// Builds records whose fields are only known when the text is read: JSON objects, regex captures.
///
/// Call order: `begin`, any number of `add...`, then `finish` or `abandon`. All fields become slots
/// of one row; the shape is found again when the next record has the same fields in the same order,
/// which costs no allocation.
public struct RecordBuilder: ~Copyable {
    private struct Field {
        var name: String
        var member: String?
        var encoding: Encoding
        var start: Int
        var length: Int
    }

    private struct Key: Hashable {
        var name: String
        var member: String?
        var encoding: Encoding
    }

    private var fields: [Field] = []
    private var bytes = ByteBuffer()
    /// A scratch writer for one nested value; see `addNested`.
    private var nested = NestedWriter()
    private var timeField: Int?
    /// The shape of the record before, and its fields: to compare with the shape's columns would copy
    /// each of them.
    private var lastShape: Shape?
    private var lastFields: [Field] = []
    private var shapes: [[Key]: Shape] = [:]
    /// Columns of all `shapes`.
    private var columnCount = 0
    private let shapeLimit: Int

    public init(shapeLimit: Int = 512) { self.shapeLimit = shapeLimit }

    /// Starts a record; forgets one that was neither finished nor abandoned.
    public mutating func begin() {
        fields.removeAll(keepingCapacity: true)
        bytes.removeAll()
        timeField = nil
    }

    /// Fields added so far.
    public var count: Int { fields.count }

    private mutating func add(
        _ name: String, _ member: String?, _ encoding: Encoding, from start: Int
    ) {
        fields.append(
            Field(
                name: name, member: member, encoding: encoding, start: start,
                length: bytes.count - start))
    }

    public mutating func addNull(_ name: String, member: String? = nil) {
        add(name, member, .null, from: bytes.count)
    }

    public mutating func add(_ name: String, member: String? = nil, boolean value: Bool) {
        let start = bytes.count
        bytes.append(value ? 1 : 0)
        add(name, member, .boolean, from: start)
    }

    public mutating func add(_ name: String, member: String? = nil, unsigned value: UInt64) {
        let start = bytes.count
        bytes.append(bigEndian: value)
        add(name, member, .unsigned, from: start)
    }

    public mutating func add(_ name: String, member: String? = nil, integer value: Int64) {
        let start = bytes.count
        bytes.append(bigEndian: value)
        add(name, member, .signed, from: start)
    }

    public mutating func add(_ name: String, member: String? = nil, double value: Double) {
        let start = bytes.count
        bytes.append(bigEndian: value.bitPattern)
        add(name, member, .float, from: start)
    }

    public mutating func add(_ name: String, member: String? = nil, text value: RawSpan) {
        let start = bytes.count
        bytes.append(value)
        add(name, member, .text, from: start)
    }

    public mutating func add(_ name: String, member: String? = nil, text value: String) {
        let start = bytes.count
        bytes.append(value)
        add(name, member, .text, from: start)
    }

    public mutating func add(_ name: String, member: String? = nil, bytes value: RawSpan) {
        let start = bytes.count
        bytes.append(value)
        add(name, member, .bytes, from: start)
    }

    public mutating func add(_ name: String, member: String? = nil, address value: IPAddress) {
        let start = bytes.count
        bytes.append(bigEndian: value.high)
        bytes.append(bigEndian: value.low)
        add(name, member, .address, from: start)
    }

    /// - Parameter value: six bytes in the low 48 bits.
    public mutating func add(_ name: String, member: String? = nil, mac value: UInt64) {
        let start = bytes.count
        bytes.append(bigEndian: UInt16(truncatingIfNeeded: value >> 32))
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: value))
        add(name, member, .mac, from: start)
    }

    public mutating func add(_ name: String, member: String? = nil, timestamp value: Timestamp) {
        let start = bytes.count
        bytes.append(bigEndian: value.nanoseconds)
        add(name, member, .nanoseconds, from: start)
    }

    /// Adds a timestamp that is the record's event time.
    public mutating func add(_ name: String, eventTime value: Timestamp) {
        timeField = fields.count
        add(name, timestamp: value)
    }

    /// Adds a map or an array that `write` produces.
    public mutating func addNested(
        _ name: String, member: String? = nil, _ write: (inout NestedWriter) -> Void
    ) {
        nested.removeAll()
        write(&nested)
        let start = bytes.count
        bytes.append(contentsOf: nested.buffer)
        add(name, member, .nested, from: start)
    }

    /// Adds a copy of a nested value read elsewhere.
    public mutating func add(_ name: String, member: String? = nil, nested value: Nested) {
        let start = bytes.count
        bytes.append(value.bytes)
        add(name, member, .nested, from: start)
    }

    /// The first field from `start` on with this name that is no member of a map.
    public func index(of name: String, from start: Int = 0) -> Int? {
        fields[start...].firstIndex { $0.name == name && $0.member == nil }
    }

    /// The value of a field added before.
    @_lifetime(borrow self)
    public func value(at index: Int) -> FieldValue {
        let field = fields[index]
        let part = bytes.bytes.extracting(field.start..<field.start + field.length)
        return FieldValue.read(part, as: field.encoding)
    }

    /// Gives a field another name.
    public mutating func rename(at index: Int, to name: String) { fields[index].name = name }

    /// Takes the field added last out and gives its value to the field at `index`, which keeps its
    /// name and place.
    public mutating func moveLast(to index: Int) {
        let last = fields.removeLast()
        fields[index].encoding = last.encoding
        fields[index].start = last.start
        fields[index].length = last.length
    }

    /// Takes out the fields from `start` on whose name one in front of `start` has.
    public mutating func removeRepeated(from start: Int) {
        let names = Set(fields[..<start].lazy.filter { $0.member == nil }.map(\.name))
        fields[start...].removeAll { names.contains($0.name) }
    }

    /// Takes a field out of the record.
    public mutating func remove(at index: Int) {
        fields.remove(at: index)
        guard let time = timeField, time >= index else { return }
        timeField = time == index ? nil : time - 1
    }

    /// Changes a field to another timestamp; for an event time that is known late.
    public mutating func replace(at index: Int, timestamp value: Timestamp) {
        fields[index].encoding = .nanoseconds
        fields[index].start = bytes.count
        bytes.append(bigEndian: value.nanoseconds)
        fields[index].length = bytes.count - fields[index].start
    }

    /// Changes a field to another text.
    public mutating func replace(at index: Int, text value: RawSpan) {
        fields[index].encoding = .text
        fields[index].start = bytes.count
        bytes.append(value)
        fields[index].length = bytes.count - fields[index].start
    }

    /// Forgets the record begun.
    public mutating func abandon() { begin() }

    /// Appends the record to `batch` as one row.
    public mutating func finish(into batch: inout RecordBatch) {
        let shape = currentShape()
        batch.continueRun(shape)
        let rowLength = shape.rowLength
        batch.beginRow(rowLength: rowLength, isVariable: true)
        _ = batch.appendVariable(bytes.bytes, rowLength: rowLength)
        for index in fields.indices {
            if fields[index].encoding == .null {
                batch.storeNullSlot(at: index * Slot.byteCount)
            } else {
                batch.storeSlot(
                    at: index * Slot.byteCount, start: fields[index].start,
                    count: fields[index].length)
            }
        }
        batch.endRow(isVariable: true)
    }

    private mutating func currentShape() -> Shape {
        if let lastShape, hasFieldsOfLast(), lastShape.timeColumn == timeField { return lastShape }
        let shape = findShape()
        lastShape = shape
        lastFields = fields
        return shape
    }

    /// Whether names and types are those of the record before.
    private borrowing func hasFieldsOfLast() -> Bool {
        guard fields.count == lastFields.count else { return false }
        for index in fields.indices {
            guard fields[index].encoding == lastFields[index].encoding,
                fields[index].name == lastFields[index].name,
                fields[index].member == lastFields[index].member
            else { return false }
        }
        return true
    }

    private mutating func findShape() -> Shape {
        let keys = fields.map { Key(name: $0.name, member: $0.member, encoding: $0.encoding) }
        if let known = shapes[keys], known.timeColumn == timeField { return known }
        let columns = fields.enumerated().map { index, field in
            Column(
                field.name, member: field.member, field.encoding,
                .slot(offset: index * Slot.byteCount))
        }
        let shape = Shape.known(
            columns: columns, rowLength: fields.count * Slot.byteCount, hasVariablePart: true,
            constantsLength: 0, timeColumn: timeField)
        columnCount += columns.count
        if shapes.count >= shapeLimit || columnCount > Shape.heldColumns {
            shapes.removeAll(keepingCapacity: true)
            columnCount = columns.count
        }
        shapes[keys] = shape
        return shape
    }
}
