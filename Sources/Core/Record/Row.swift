/// One record, read in place: a shape, the row's bytes and the constants of its run.
///
/// Every access is checked against the bytes, so a corrupt row reads as nulls, never beyond itself.
public struct Row: ~Escapable {
    public let shape: Shape
    /// Fixed part and variable part, without a length prefix.
    public let bytes: RawSpan
    public let constants: RawSpan

    @inlinable
    @_lifetime(copy bytes, copy constants)
    public init(shape: Shape, bytes: RawSpan, constants: RawSpan) {
        self.shape = shape
        self.bytes = bytes
        self.constants = constants
    }

    /// The value of a column; null when its bytes are missing.
    @_lifetime(copy self)
    public func value(at index: Int) -> FieldValue {
        let column = shape.columns[index]
        switch column.place {
        case .row(let offset, let length):
            return read(bytes, offset, length, column)
        case .slot(let offset):
            guard let range = slotRange(at: offset) else { return .null }
            return read(bytes, range.lowerBound, range.count, column)
        case .constant(let offset, let length):
            return read(constants, offset, length, column)
        case .literal(let literal):
            return literalValue(literal, column.encoding)
        case .derived(let derivation):
            return derive(derivation)
        }
    }

    @_lifetime(copy part)
    private func read(
        _ part: RawSpan, _ offset: Int, _ length: Int, _ column: Column
    ) -> FieldValue {
        guard offset >= 0, length >= 0, offset <= part.byteCount - length else { return .null }
        let field = part.extracting(offset..<offset + length)
        if column.zeroIsNull, field.isAllZero { return .null }
        return FieldValue.read(field, as: column.encoding)
    }

    /// A literal lives in the shape, which the row keeps alive.
    @_lifetime(copy self)
    private func literalValue(_ literal: [UInt8], _ encoding: Encoding) -> FieldValue {
        let span = unsafe _overrideLifetime(literal.span.bytes, copying: self)
        return FieldValue.read(span, as: encoding)
    }

    /// Where a slot points, as a range of `bytes`; `nil` for null and for a corrupt slot.
    @inlinable
    public func slotRange(at offset: Int) -> Range<Int>? {
        guard offset >= 0, offset <= bytes.byteCount - Slot.byteCount else { return nil }
        let length = Int(bytes.uint32(at: offset &+ 4))
        let start = shape.rowLength &+ Int(bytes.uint32(at: offset))
        guard length != 0xffff_ffff, start <= bytes.byteCount &- length else { return nil }
        return start..<start &+ length
    }

    @_lifetime(copy self)
    private func derive(_ derivation: Derivation) -> FieldValue {
        switch derivation {
        case .uptime(let ticks, let uptime, let exported):
            guard let ticks = unsigned(at: ticks), let uptime = unsigned(at: uptime),
                let exported = timestamp(at: exported)
            else { return .null }
            return .timestamp(
                Timestamp(
                    nanoseconds: Derivation.uptimeNanoseconds(
                        ticks: ticks, uptime: uptime, exported: exported.nanoseconds)))
        case .sinceBoot(let ticks, let boot, let exported):
            guard let ticks = unsigned(at: ticks), let boot = timestamp(at: boot),
                let exported = timestamp(at: exported)
            else { return .null }
            return .timestamp(
                Timestamp(
                    nanoseconds: Derivation.bootNanoseconds(
                        ticks: ticks, boot: boot.nanoseconds, exported: exported.nanoseconds)))
        case .beforeExport(let microseconds, let exported):
            guard let microseconds = unsigned(at: microseconds),
                let exported = timestamp(at: exported)
            else { return .null }
            let before = Int64(truncatingIfNeeded: microseconds & 0xffff_ffff) * 1000
            return .timestamp(Timestamp(nanoseconds: exported.nanoseconds &- before))
        case .elapsedMilliseconds(let from, let to):
            guard let elapsed = elapsed(from: from, to: to) else { return .null }
            return .unsigned(elapsed / 1_000_000)
        case .elapsedNanoseconds(let from, let to):
            guard let elapsed = elapsed(from: from, to: to) else { return .null }
            return .unsigned(elapsed)
        case .elapsedTicks(let from, let to):
            guard let from = unsigned(at: from), let to = unsigned(at: to),
                let ticks = Derivation.ticks(from: from, to: to)
            else { return .null }
            return .unsigned(ticks)
        case .epochNanoseconds(let time):
            guard let time = timestamp(at: time), time.nanoseconds >= 0 else { return .null }
            return .unsigned(UInt64(time.nanoseconds))
        case .bits(let column, let shift, let mask):
            guard let value = unsigned(at: column) else { return .null }
            return .unsigned(value >> UInt64(shift) & mask)
        case .name(let column, let table):
            guard let number = unsigned(at: column), let name = table.name(of: number) else {
                return .null
            }
            // A static string lives for ever.
            let span = unsafe RawSpan(
                _unsafeStart: UnsafeRawPointer(name.utf8Start), byteCount: name.utf8CodeUnitCount)
            return .text(unsafe _overrideLifetime(span, copying: self))
        case .first(let columns):
            for column in columns where !isNull(at: column) { return value(at: column) }
            return .null
        case .list(let columns):
            return .list(self, columns.filter { !isNull(at: $0) })
        case .only(let column, let other):
            return isNull(at: other) ? .null : value(at: column)
        case .product(let number, let factor):
            guard let number = unsigned(at: number), let factor = unsigned(at: factor) else {
                return .null
            }
            return .unsigned(Derivation.saturatingProduct(number, factor))
        case .shifted(let time, let nanoseconds):
            guard let time = timestamp(at: time) else { return .null }
            return .timestamp(Timestamp(nanoseconds: time.nanoseconds &+ nanoseconds))
        }
    }

    /// Nanoseconds between two times; `nil` when negative.
    private func elapsed(from: Int, to: Int) -> UInt64? {
        guard let from = timestamp(at: from), let to = timestamp(at: to), from <= to else {
            return nil
        }
        return UInt64(to.nanoseconds(since: from))
    }

    public func isNull(at index: Int) -> Bool {
        switch value(at: index) {
        case .null: true
        case .list(_, let columns): columns.isEmpty
        default: false
        }
    }

    /// The value as an unsigned number, when it is one.
    public func unsigned(at index: Int) -> UInt64? {
        switch value(at: index) {
        case .unsigned(let number): number
        case .integer(let number) where number >= 0: UInt64(number)
        default: nil
        }
    }

    public func timestamp(at index: Int) -> Timestamp? {
        if case .timestamp(let time) = value(at: index) { time } else { nil }
    }

    /// The record's event time, when its shape has one and it is set.
    public var eventTime: Timestamp? {
        shape.timeColumn.flatMap { timestamp(at: $0) }
    }
}

extension RawSpan {
    @usableFromInline
    var isAllZero: Bool {
        for offset in 0..<byteCount where byte(at: offset) != 0 { return false }
        return true
    }
}
