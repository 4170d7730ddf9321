import Core

extension JSONRowEncoder {
    @inline(__always)
    func column(_ index: Int32) -> Step {
        // The plan only has arguments that are columns of the shape.
        unsafe Step(columns.unsafelyUnwrapped + Int(index))
    }

    /// The bytes of a column that is not derived; `nil` when null by place or by zero.
    func bytes(_ step: Step, _ row: ByteSource) -> ByteSource? {
        var bytes: ByteSource
        switch step.code {
        case .text, .slot:
            guard let found = slot(step.offset, row) else { return nil }
            bytes = found
        default: bytes = source(step.part, row).part(step.offset, length: step.length)
        }
        return step.zeroIsNull && bytes.isAllZero ? nil : bytes
    }

    /// As `Row.unsigned(at:)`.
    @inline(__always)
    func unsigned(_ index: Int32, _ row: ByteSource) -> UInt64? {
        let step = column(index)
        // Names are mostly those of bits: facility and severity.
        if step.code == .bits {
            return plainUnsigned(column(step.a), row).map { $0 >> step.shift & step.mask }
        }
        return plainUnsigned(step, row)
    }

    @inline(__always)
    private func plainUnsigned(_ step: Step, _ row: ByteSource) -> UInt64? {
        let number: UInt64
        switch step.code {
        case .unsigned8: number = UInt64(source(step.part, row).byte(step.offset))
        case .unsigned16: number = UInt64(source(step.part, row).uint16(step.offset))
        case .unsigned32: number = UInt64(source(step.part, row).uint32(step.offset))
        case .unsigned64: number = source(step.part, row).uint64(step.offset)
        default: return rareUnsigned(step, row)
        }
        return number == 0 && step.zeroIsNull ? nil : number
    }

    @inline(never)
    func rareUnsigned(_ step: Step, _ row: ByteSource) -> UInt64? {
        switch step.code {
        case .value, .slot:
            guard let bytes = bytes(step, row), (1...8).contains(bytes.count) else { return nil }
            switch step.encoding {
            case .unsigned: return bytes.unsigned(0, length: bytes.count)
            case .signed: return UInt64(exactly: bytes.signed)
            default: return nil
            }
        case .bits: return unsigned(step.a, row).map { $0 >> step.shift & step.mask }
        case .elapsed: return elapsed(step, row)
        case .ticks:
            guard let from = unsigned(step.a, row), let to = unsigned(step.b, row) else {
                return nil
            }
            return Derivation.ticks(from: from, to: to)
        case .epoch: return moment(step.a, row).flatMap { UInt64(exactly: $0) }
        case .product:
            guard let number = unsigned(step.a, row), let factor = unsigned(step.b, row) else {
                return nil
            }
            return Derivation.saturatingProduct(number, factor)
        case .first: return firstArgument(step, row).flatMap { unsigned($0, row) }
        case .only: return isNull(step.b, row) ? nil : unsigned(step.a, row)
        default: return nil
        }
    }

    func elapsed(_ step: Step, _ row: ByteSource) -> UInt64? {
        guard let from = moment(step.a, row), let to = moment(step.b, row), from <= to else {
            return nil
        }
        let (difference, overflow) = to.subtractingReportingOverflow(from)
        return UInt64(overflow ? .max : difference) / step.mask
    }

    /// As `Row.timestamp(at:)`, in nanoseconds since 1970.
    @inline(__always)
    func moment(_ index: Int32, _ row: ByteSource) -> Int64? {
        moment(column(index), row)
    }

    func moment(_ step: Step, _ row: ByteSource) -> Int64? {
        switch step.code {
        case .nanoseconds:
            let number = source(step.part, row).uint64(step.offset)
            return number == 0 && step.zeroIsNull ? nil : Int64(bitPattern: number)
        case .milliseconds:
            let number = source(step.part, row).uint64(step.offset)
            if number == 0, step.zeroIsNull { return nil }
            return Timestamp(milliseconds: Int64(clamping: number)).nanoseconds
        case .seconds:
            let number = source(step.part, row).uint32(step.offset)
            return number == 0 && step.zeroIsNull ? nil : Int64(number) &* 1_000_000_000
        case .uptime:
            guard let ticks = unsigned(step.a, row), let uptime = unsigned(step.b, row),
                let exported = moment(step.c, row)
            else { return nil }
            return Derivation.uptimeNanoseconds(ticks: ticks, uptime: uptime, exported: exported)
        case .sinceBoot:
            guard let ticks = unsigned(step.a, row), let boot = moment(step.b, row),
                let exported = moment(step.c, row)
            else { return nil }
            return Derivation.bootNanoseconds(ticks: ticks, boot: boot, exported: exported)
        case .beforeExport:
            guard let microseconds = unsigned(step.a, row), let exported = moment(step.b, row)
            else {
                return nil
            }
            return exported &- Int64(truncatingIfNeeded: microseconds & 0xffff_ffff) &* 1000
        case .shifted:
            return moment(step.a, row).map { $0 &+ Int64(bitPattern: step.mask) }
        case .first: return firstArgument(step, row).flatMap { moment($0, row) }
        case .only: return isNull(step.b, row) ? nil : moment(step.a, row)
        case .value, .slot: return bytes(step, row).flatMap { Self.moment($0, step.encoding) }
        default: return nil
        }
    }

    func firstArgument(_ step: Step, _ row: ByteSource) -> Int32? {
        for index in 0..<Int(step.b) where !isNull(argument(step, index), row) {
            return argument(step, index)
        }
        return nil
    }

    /// As `Row.isNull(at:)`.
    func isNull(_ index: Int32, _ row: ByteSource) -> Bool {
        let step = column(index)
        switch step.code {
        case .null: return true
        case .uptime, .sinceBoot, .beforeExport, .shifted: return moment(step, row) == nil
        case .elapsed, .ticks, .epoch, .bits, .product: return unsigned(index, row) == nil
        case .name:
            return unsigned(step.a, row).map { !names.hasName(table: Int(step.b), $0) } ?? true
        case .first, .list: return firstArgument(step, row) == nil
        case .only: return isNull(step.b, row) || isNull(step.a, row)
        default:
            guard let bytes = bytes(step, row) else { return true }
            switch step.encoding {
            case .null: return true
            case .boolean, .text, .paddedText, .nested: return false
            case .ipfixBoolean:
                return bytes.count == 1 && bytes.byte(0) != 1 && bytes.byte(0) != 2
            default: return bytes.count == 0
            }
        }
    }
}

extension ByteSource {
    /// Two's complement of 1 to 8 bytes.
    @inline(__always)
    var signed: Int64 {
        let shift = UInt64(64 &- count &* 8)
        return Int64(bitPattern: unsigned(0, length: count) << shift) >> Int64(shift)
    }
}
