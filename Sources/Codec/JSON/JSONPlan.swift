import Core

/// How rows of one shape become JSON: worked out once, then followed row after row.
///
/// Shown columns become steps with their key rendered. Neighbouring columns that are the same for
/// all rows of a run become one block, rendered once per run by the same steps.
@safe
final class JSONPlan: @unchecked Sendable {
    // Sendable: never changed after init.

    /// One step of the program, or one column as an argument of a derivation.
    struct Step {
        enum Code: UInt8 {
            /// The text of block `a`.
            case block
            /// Opens a map field, and closes it; one without members is taken back.
            case open, close
            /// The record's time under the writer's date key.
            case date
            case null
            // Fixed-length values at `offset` of `part`.
            case unsigned8, unsigned16, unsigned32, unsigned64
            case address4, address16, mac, nanoseconds, milliseconds, seconds, ipfixBoolean
            /// `length` bytes at `offset` of `part`, read as `encoding`.
            case value
            /// Bits of the number of `length` bytes at `offset` of the row, and the name that table
            /// `b` has for them: what `bits` and `name` of such a number are when they are shown.
            case fixedBits, fixedName
            /// A `slot` of a nested value, when it is shown.
            case nested
            /// What the slot at `offset` points to, read as `encoding`.
            case text, slot
            // Derivations of columns `a`, `b` and `c`.
            case uptime, sinceBoot, beforeExport, bits, name, product, ticks, epoch
            /// Nanoseconds from time `a` to time `b`, divided by `mask`.
            case elapsed
            /// Column `a` and `mask` nanoseconds.
            case shifted
            /// `b` arguments from index `a` on.
            case first, list, only
        }

        enum Part: UInt8 {
            case row, constants, literals
        }

        var code: Code
        var part = Part.row
        var encoding = Encoding.null
        var zeroIsNull = false
        var shift: UInt8 = 0
        /// Where the rendered key lies in `texts`.
        var keyStart: Int32 = 0
        var keyCount: Int32 = 0
        var offset: Int32 = 0
        var length: Int32 = 0
        var a: Int32 = 0
        var b: Int32 = 0
        var c: Int32 = 0
        var mask: UInt64 = 0
    }

    // Owned by this plan, filled before `init` returns, freed in deinit.

    /// What to do for each row.
    let program: UnsafeBufferPointer<Step>
    /// What to do for each run, one part for each block.
    let blockProgram: UnsafeBufferPointer<Step>
    let blocks: [Range<Int>]
    /// Every column of the shape, for derivations.
    let columns: UnsafeBufferPointer<Step>
    /// Arguments of `first` and `list`.
    let arguments: UnsafeBufferPointer<Int32>
    /// Rendered keys.
    let texts: UnsafeRawPointer
    let literals: UnsafeRawPointer
    let literalsCount: Int
    /// Upper bound of what a row's JSON takes without its slots and blocks.
    let rowBound: Int
    /// Upper bound of what all blocks take.
    let blocksBound: Int
    /// Offsets of the slots that are written, once for each time.
    let slots: [Int]
    /// The shape outlives the plan, so that its address stays its own.
    let shape: Shape

    init(_ shape: Shape, dateKey: String?) {
        var draft = JSONPlanDraft(shape)
        draft.draw(dateKey: dateKey)
        self.shape = shape
        unsafe program = copied(draft.program)
        unsafe blockProgram = copied(draft.blockProgram)
        unsafe columns = copied(draft.columns)
        unsafe arguments = copied(draft.arguments)
        unsafe texts = copiedBytes(draft.texts)
        unsafe literals = copiedBytes(draft.literals)
        blocks = draft.blocks
        literalsCount = draft.literals.count
        rowBound = draft.rowBound
        blocksBound = draft.blocksBound
        slots = draft.slots
    }

    deinit {
        unsafe program.deallocate()
        unsafe blockProgram.deallocate()
        unsafe columns.deallocate()
        unsafe arguments.deallocate()
        unsafe texts.deallocate()
        unsafe literals.deallocate()
    }
}

/// The elements in memory of their own, which the caller must free.
private func copied<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
    let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = unsafe memory.initialize(fromContentsOf: elements)
    return UnsafeBufferPointer(memory)
}

/// The bytes with slack behind them, which the caller must free.
private func copiedBytes(_ bytes: [UInt8]) -> UnsafeRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(
        byteCount: bytes.count + ByteBuffer.slack, alignment: 16)
    unsafe memory.initializeMemory(
        as: UInt8.self, repeating: 0, count: bytes.count + ByteBuffer.slack)
    unsafe bytes.withUnsafeBytes { source in
        if let base = source.baseAddress {
            unsafe memory.copyMemory(from: base, byteCount: source.count)
        }
    }
    return UnsafeRawPointer(memory)
}
