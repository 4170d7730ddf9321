/// The value of one field of one record, read where it lies: text and trees are not copied.
public enum FieldValue: ~Escapable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case double(Double)
    /// Bytes meant as UTF-8, not checked.
    case text(RawSpan)
    case bytes(RawSpan)
    case timestamp(Timestamp)
    case address(IPAddress)
    /// The six bytes in the low 48 bits.
    case mac(UInt64)
    /// A map or an array.
    case nested(Nested)
    /// An array of other columns of the same row.
    case list(Row, [Int])
}

extension FieldValue {
    /// Reads `bytes` as `encoding` says.
    ///
    /// Bytes of an impossible length become `.bytes`.
    @inlinable
    @_lifetime(copy bytes)
    public static func read(_ bytes: RawSpan, as encoding: Encoding) -> FieldValue {
        switch encoding {
        case .null: return .null
        case .boolean:
            return bytes.byteCount == 1 ? .boolean(bytes.byte(at: 0) != 0) : .bytes(bytes)
        case .ipfixBoolean:
            guard bytes.byteCount == 1 else { return .bytes(bytes) }
            switch bytes.byte(at: 0) {
            case 1: return .boolean(true)
            case 2: return .boolean(false)
            default: return .null
            }
        case .unsigned:
            return (1...8).contains(bytes.byteCount) ? .unsigned(bytes.unsigned()) : raw(bytes)
        case .signed:
            guard (1...8).contains(bytes.byteCount) else { return raw(bytes) }
            let shift = UInt64(64 - bytes.byteCount * 8)
            return .integer(Int64(bitPattern: bytes.unsigned() << shift) >> Int64(shift))
        case .float:
            switch bytes.byteCount {
            case 4: return .double(Double(Float(bitPattern: bytes.uint32(at: 0))))
            case 8: return .double(Double(bitPattern: bytes.uint64(at: 0)))
            default: return raw(bytes)
            }
        case .text: return .text(bytes)
        case .paddedText:
            var end = bytes.byteCount
            while end > 0, bytes.byte(at: end &- 1) == 0 { end &-= 1 }
            return .text(bytes.extracting(0..<end))
        case .bytes: return raw(bytes)
        case .address:
            guard let address = IPAddress(bytes) else { return raw(bytes) }
            return .address(address)
        case .mac:
            guard bytes.byteCount == 6 else { return raw(bytes) }
            return .mac(bytes.unsigned())
        case .nested:
            return .nested(Nested(bytes))
        case .nanoseconds, .milliseconds, .seconds, .ntpMicroseconds, .ntpNanoseconds:
            return time(bytes, as: encoding)
        }
    }

    @usableFromInline
    @_lifetime(copy bytes)
    static func raw(_ bytes: RawSpan) -> FieldValue {
        bytes.byteCount == 0 ? .null : .bytes(bytes)
    }

    @usableFromInline
    @_lifetime(copy bytes)
    static func time(_ bytes: RawSpan, as encoding: Encoding) -> FieldValue {
        guard (1...8).contains(bytes.byteCount) else { return raw(bytes) }
        let number = bytes.unsigned()
        switch encoding {
        case .nanoseconds:
            return .timestamp(Timestamp(nanoseconds: Int64(bitPattern: number)))
        case .milliseconds:
            return .timestamp(Timestamp(milliseconds: Int64(clamping: number)))
        case .seconds:
            return .timestamp(Timestamp(seconds: Int64(clamping: number)))
        default:
            guard bytes.byteCount == 8 else { return raw(bytes) }
            return .timestamp(Timestamp(ntp: number, isMicroseconds: encoding == .ntpMicroseconds))
        }
    }
}

extension Timestamp {
    /// 64-bit NTP time: seconds since 1900 with eras, and a binary fraction (RFC 5905 §6).
    ///
    /// The low 11 bits of the fraction are noise when the source counts microseconds.
    public init(ntp: UInt64, isMicroseconds: Bool) {
        var seconds = Int64(ntp >> 32)
        // Era 1 starts on 2036-02-07: small numbers belong to it.
        if seconds < 0x8000_0000 { seconds += 0x1_0000_0000 }
        let fraction = isMicroseconds ? ntp & 0xffff_f800 : ntp & 0xffff_ffff
        let nanoseconds = Int64((fraction &* 1_000_000_000 &+ 0x8000_0000) >> 32)
        self.init(seconds: seconds - 2_208_988_800, nanoseconds: nanoseconds)
    }
}
