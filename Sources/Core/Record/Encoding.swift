/// How the bytes of a value are to be read.
///
/// Numbers are in network byte order.
///
/// The raw value is stored in journals: never reuse one.
public enum Encoding: UInt8, Sendable, CaseIterable {
    /// No value.
    case null = 0
    /// 0 or 1 in one byte.
    case boolean = 1
    /// 1 true, 2 false, anything else null (RFC 7011 §6.1.5).
    case ipfixBoolean = 2
    /// 1 to 8 bytes.
    case unsigned = 3
    /// Two's complement, 1 to 8 bytes.
    case signed = 4
    /// IEEE 754, 4 or 8 bytes.
    case float = 5
    /// UTF-8 that the writer of an output checks.
    case text = 6
    /// Like `text`, after trailing NULs are cut off (fixed-length strings of NetFlow v9).
    case paddedText = 7
    /// Octets without a meaning; printed as lower-case hex.
    case bytes = 8
    /// 4 bytes IPv4, 16 bytes IPv6 (IPv4-mapped counts as IPv4).
    case address = 9
    /// 6 bytes.
    case mac = 10
    /// Signed 64-bit nanoseconds since 1970.
    case nanoseconds = 11
    /// Unsigned milliseconds since 1970, up to 8 bytes.
    case milliseconds = 12
    /// Unsigned seconds since 1970, up to 8 bytes.
    case seconds = 13
    /// 64-bit NTP time: seconds since 1900 and a binary fraction (RFC 7011 §6.1.9).
    case ntpMicroseconds = 14
    /// As `ntpMicroseconds`, with all fraction bits meaningful (RFC 7011 §6.1.10).
    case ntpNanoseconds = 15
    /// A tree of the `Nested` form: a map or an array.
    case nested = 16
}
