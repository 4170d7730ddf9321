/// One field of a shape: its name, how its bytes are read, and where they lie.
public struct Column: Hashable, Sendable {
    /// Where a value lies.
    public enum Place: Hashable, Sendable {
        /// In every row, at this offset of the fixed part.
        case row(offset: Int, length: Int)
        /// In the row's variable part; an 8-byte slot at this offset of the fixed part tells where.
        case slot(offset: Int)
        /// The same for all rows of a run, in the run's constants.
        case constant(offset: Int, length: Int)
        /// The same for all records of the shape.
        case literal([UInt8])
        /// Computed from other columns.
        case derived(Derivation)
    }

    public var name: String
    /// Set for a member of a map field: `ie.minimumTTL` has name `ie` and member `minimumTTL`.
    ///
    /// Members of one map stand next to each other.
    public var member: String?
    public var encoding: Encoding
    public var place: Place
    /// Never shown; an argument of a derivation.
    public var isHidden: Bool
    /// A number or address of all zero bits means "unknown" and reads as null.
    public var zeroIsNull: Bool

    public init(
        _ name: String, member: String? = nil, _ encoding: Encoding, _ place: Place,
        hidden: Bool = false, zeroIsNull: Bool = false
    ) {
        self.name = name
        self.member = member
        self.encoding = encoding
        self.place = place
        self.isHidden = hidden
        self.zeroIsNull = zeroIsNull
    }

    /// A column that says the same text in every record.
    public static func literal(_ name: String, text: String) -> Column {
        Column(name, .text, .literal(Array(text.utf8)))
    }

    public var isDerived: Bool {
        if case .derived = place { true } else { false }
    }
}

/// An 8-byte entry of a row's slot table: where a variable-length value lies.
///
/// Layout: u32 offset from the start of the variable part, u32 length; length 0xFFFFFFFF is null.
public enum Slot {
    public static let byteCount = 8
    public static let null: UInt64 = 0x0000_0000_ffff_ffff

    @inlinable
    public static func pack(offset: Int, length: Int) -> UInt64 {
        UInt64(UInt32(truncatingIfNeeded: offset)) << 32
            | UInt64(UInt32(truncatingIfNeeded: length))
    }
}
