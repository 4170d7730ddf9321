/// How to read a row: the ordered columns that many records have in common.
///
/// A flow template is a shape; so is each layout of a syslog line. Shapes never change and are
/// shared by reference; two shapes with the same content are equal.
///
/// Layout of a row: the fixed part (`rowLength` bytes, holding fixed values and slots), then, when
/// `hasVariablePart`, the variable part that the slots point into. Constants of a run are a block
/// of `constantsLength` bytes.
public final class Shape: Sendable {
    public let columns: [Column]
    /// Bytes of a row's fixed part.
    public let rowLength: Int
    /// Whether rows go on after the fixed part, each with its own length.
    public let hasVariablePart: Bool
    /// Bytes of a run's constants.
    public let constantsLength: Int
    /// The column that holds the record's event time, used for paths and ordering.
    public let timeColumn: Int?
    private let hash: Int

    /// Columns that one holder of shapes keeps: a JSON object may have thousands of fields.
    @usableFromInline static var heldColumns: Int { 1 << 16 }

    /// - Parameter timeColumn: index of a timestamp column, or `nil` to use the time received.
    /// - Throws: `shapeCorrupt` when a column lies outside its part or an argument of a derivation
    ///   is derived, too, and does not come before it. Other arguments may stand anywhere.
    public init(
        columns: [Column], rowLength: Int, hasVariablePart: Bool, constantsLength: Int,
        timeColumn: Int? = nil
    ) throws(DecodeError) {
        for (index, column) in columns.enumerated() {
            guard
                Self.isInside(
                    column.place, index: index, columns: columns, rowLength: rowLength,
                    hasVariablePart: hasVariablePart, constantsLength: constantsLength)
            else { throw DecodeError(.shapeCorrupt, at: index) }
        }
        guard timeColumn.map({ columns.indices.contains($0) }) ?? true else {
            throw DecodeError(.shapeCorrupt, at: columns.count)
        }
        self.columns = columns
        self.rowLength = rowLength
        self.hasVariablePart = hasVariablePart
        self.constantsLength = constantsLength
        self.timeColumn = timeColumn
        var hasher = Hasher()
        hasher.combine(columns)
        hasher.combine(rowLength)
        hash = hasher.finalize()
    }

    /// A shape known to be right when it was written: traps on a mistake.
    public static func known(
        columns: [Column], rowLength: Int, hasVariablePart: Bool, constantsLength: Int,
        timeColumn: Int? = nil
    ) -> Shape {
        do {
            return try Shape(
                columns: columns, rowLength: rowLength, hasVariablePart: hasVariablePart,
                constantsLength: constantsLength, timeColumn: timeColumn)
        } catch {
            preconditionFailure("column \(error.offset) lies outside the shape")
        }
    }

    private static func isInside(
        _ place: Column.Place, index: Int, columns: [Column], rowLength: Int,
        hasVariablePart: Bool, constantsLength: Int
    ) -> Bool {
        switch place {
        case .row(let offset, let length):
            offset >= 0 && length >= 0 && offset <= rowLength - length
        case .slot(let offset):
            hasVariablePart && offset >= 0 && offset <= rowLength - Slot.byteCount
        case .constant(let offset, let length):
            offset >= 0 && length >= 0 && offset <= constantsLength - length
        case .literal: true
        case .derived(let derivation):
            derivation.arguments.allSatisfy { argument in
                columns.indices.contains(argument)
                    && (!columns[argument].isDerived || argument < index)
            }
        }
    }

    /// The first shown column with this name that is no member of a map.
    public func column(named name: String) -> Int? {
        columns.firstIndex { $0.name == name && $0.member == nil && !$0.isHidden }
    }

    /// The same rows read through other columns.
    ///
    /// Columns may be renamed, hidden, reordered, repeated or be new literals; derivations must
    /// already speak of the new indices.
    public func replacingColumns(_ columns: [Column], timeColumn: Int?) -> Shape {
        .known(
            columns: columns, rowLength: rowLength, hasVariablePart: hasVariablePart,
            constantsLength: constantsLength, timeColumn: timeColumn)
    }
}

extension Shape: Hashable {
    public static func == (left: Shape, right: Shape) -> Bool {
        left === right
            || left.hash == right.hash && left.rowLength == right.rowLength
                && left.hasVariablePart == right.hasVariablePart
                && left.constantsLength == right.constantsLength
                && left.timeColumn == right.timeColumn && left.columns == right.columns
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// What somebody works out once per shape: a resolved field, an encoder's plan.
///
/// Bounded: hostile input can make many shapes. Shapes used lately are found by their address,
/// without hashing: lines of several formats come mixed, so that each record may have another shape
/// than the one before. Inlined so that it is compiled for each `Value`: the generic code costs more
/// than encoding the record (`Benchmarks/s3.py`).
public struct ShapeCache<Value> {
    @usableFromInline
    struct Entry {
        @usableFromInline let shape: Shape
        @usableFromInline let value: Value

        @usableFromInline
        init(shape: Shape, value: Value) {
            self.shape = shape
            self.value = value
        }
    }

    /// Shapes used lately, each in the slot that its address chooses.
    @usableFromInline var recent: [Entry?] = []
    @usableFromInline var values: [Shape: Value] = [:]
    /// Columns of all shapes held.
    @usableFromInline var columnCount = 0
    @usableFromInline let limit: Int

    /// - Parameter limit: the cache is emptied when it would hold more shapes, or more than
    ///   `Shape.heldColumns` columns.
    public init(limit: Int = 512) { self.limit = limit }

    /// The value for `shape`, made when it is not there.
    @inlinable
    public mutating func value(for shape: Shape, make: (Shape) -> Value) -> Value {
        let slot = shape.addressSlot
        if slot < recent.count, let entry = recent[slot], entry.shape === shape {
            return entry.value
        }
        return find(shape, slot, make)
    }

    @inlinable
    mutating func find(_ shape: Shape, _ slot: Int, _ make: (Shape) -> Value) -> Value {
        let value: Value
        if let known = values[shape] {
            value = known
        } else {
            columnCount += shape.columns.count
            if values.count >= limit || columnCount > Shape.heldColumns {
                values.removeAll(keepingCapacity: true)
                recent.removeAll()
                columnCount = shape.columns.count
            }
            value = make(shape)
            values[shape] = value
        }
        if recent.isEmpty { recent = Array(repeating: nil, count: Shape.addressSlots) }
        recent[slot] = Entry(shape: shape, value: value)
        return value
    }
}

extension Shape {
    @usableFromInline static var addressSlots: Int { 16 }

    /// A number below `addressSlots` that is the same for as long as the object lives.
    @inlinable var addressSlot: Int {
        // Objects of this size lie 128 bytes apart; the upper bits are mixed in.
        let address = UInt(bitPattern: ObjectIdentifier(self))
        return Int((address >> 7 ^ address >> 11 ^ address >> 4) & 15)
    }
}
