import Core

/// Writes the records of sFlow samples; samples with the same parts make one run.
///
/// Call order: `begin` for a datagram, then for each sample fill `row` (the fixed part, as
/// `SampleShape` lays it out) and `texts`, and `append`.
struct SampleRecords: ~Copyable {
    /// Layouts whose shapes are kept; beyond, all are made anew.
    private static let limit = 1024

    var row = ByteBuffer()
    /// The row's variable part.
    private var texts = ByteBuffer()
    private var nested = NestedWriter()
    private var constants = SampleConstants()
    private var shapes: [SampleLayout: Shape] = [:]
    private var last: (layout: SampleLayout, shape: Shape)?
    /// The layout of the run that `append` may go on with.
    private var current: SampleLayout?
    private var rowLength = 0
    /// Parts that all records of the datagram have.
    private var general: SampleParts = []
    private let options: ShapeOptions

    init(_ options: ShapeOptions) { self.options = options }

    mutating func begin(
        _ header: MessageHeader, agent: IPAddress, _ source: PayloadSource,
        _ profile: ExporterProfile
    ) {
        constants.set(header, agent: agent, source)
        constants.set(profile)
        general = []
        if !profile.name.isEmpty { general.insert(.named) }
        if profile.sampling != 0 { general.insert(.configuredRate) }
        current = nil
    }

    mutating func beginRow() {
        row.removeAll()
        texts.removeAll()
    }

    /// Adds a slot for a text of a sample; a missing one is null.
    mutating func addText(_ range: Range<Int>?, of bytes: RawSpan) {
        guard let range, !range.isEmpty else { return addNull() }
        addSlot(length: range.count)
        texts.append(bytes.extracting(range))
    }

    /// Adds a slot for a text that is known from elsewhere; a missing one is null.
    mutating func addText(_ text: [UInt8]?) {
        guard let text else { return addNull() }
        addSlot(length: text.count)
        text.withBytes { texts.append($0) }
    }

    /// Adds a slot for a list of numbers.
    ///
    /// - Parameter range: u32 words.
    mutating func addNumbers(_ range: Range<Int>, of bytes: RawSpan) {
        nested.removeAll()
        nested.beginArray()
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            nested.unsigned(UInt64(bytes.uint32(at: offset)))
        }
        nested.end()
        addNested()
    }

    /// Adds a slot for an AS path: numbers in the order passed, an unordered set as a list in it.
    ///
    /// - Parameter range: segments of type u32 (1 set, 2 sequence), count u32, numbers u32 each.
    mutating func addPath(_ range: Range<Int>, of bytes: RawSpan) {
        nested.removeAll()
        nested.beginArray()
        var offset = range.lowerBound
        while offset < range.upperBound {
            let isSet = bytes.uint32(at: offset) == 1
            let end = offset + 8 + Int(bytes.uint32(at: offset + 4)) * 4
            if isSet { nested.beginArray() }
            for number in stride(from: offset + 8, to: end, by: 4) {
                nested.unsigned(UInt64(bytes.uint32(at: number)))
            }
            if isSet { nested.end() }
            offset = end
        }
        nested.end()
        addNested()
    }

    private mutating func addNested() {
        addSlot(length: nested.buffer.count)
        texts.append(contentsOf: nested.buffer)
    }

    private mutating func addSlot(length: Int) {
        row.append(bigEndian: Slot.pack(offset: texts.count, length: length))
    }

    mutating func addNull() { row.append(bigEndian: Slot.null) }

    /// Appends the row as a record of `layout`.
    mutating func append(_ sample: SampleLayout, to batch: inout RecordBatch) {
        var layout = sample
        layout.parts.formUnion(general)
        if layout != current {
            let shape = shape(of: layout)
            constants.beginRun(shape, of: &batch)
            current = layout
            rowLength = shape.rowLength
        }
        precondition(row.count == rowLength, "the row is not laid out like its shape")
        let isVariable = layout.isVariable
        batch.beginRow(row.bytes, isVariable: isVariable)
        if isVariable { _ = batch.appendVariable(texts.bytes, rowLength: row.count) }
        batch.endRow(isVariable: isVariable)
    }

    private mutating func shape(of layout: SampleLayout) -> Shape {
        if let last, last.layout == layout { return last.shape }
        if let known = shapes[layout] {
            last = (layout, known)
            return known
        }
        if shapes.count >= Self.limit { shapes.removeAll() }
        let made = SampleShape.make(layout, options)
        shapes[layout] = made
        last = (layout, made)
        return made
    }
}

extension SampledPacket {
    /// Writes the values of `parts` in the order of `SampleShape`.
    func append(to row: inout ByteBuffer) {
        if parts.contains(.frame) { row.append(bigEndian: frameLength) }
        if parts.contains(.ethernet) {
            row.append(bigEndian: UInt16(truncatingIfNeeded: destinationMAC >> 32))
            row.append(bigEndian: UInt32(truncatingIfNeeded: destinationMAC))
            row.append(bigEndian: UInt16(truncatingIfNeeded: sourceMAC >> 32))
            row.append(bigEndian: UInt32(truncatingIfNeeded: sourceMAC))
        }
        if parts.contains(.etherType) { row.append(bigEndian: etherType) }
        if parts.contains(.tag) { row.append(bigEndian: tag) }
        if parts.contains(.innerTag) { row.append(bigEndian: innerTag) }
        if parts.contains(.labels) {
            for index in 0..<Self.labelLimit { row.append(bigEndian: labels[index]) }
        }
        if parts.contains(.ipv4) {
            row.append(bigEndian: UInt32(truncatingIfNeeded: source.low))
            row.append(bigEndian: UInt32(truncatingIfNeeded: destination.low))
        } else if parts.contains(.ipv6) {
            row.append(source)
            row.append(destination)
        }
        if parts.contains(.network) {
            row.append(bigEndian: length)
            row.append(protocolNumber)
            row.append(typeOfService)
        }
        if parts.contains(.timeToLive) { row.append(timeToLive) }
        if parts.contains(.flowLabel) { row.append(bigEndian: flowLabel) }
        if parts.contains(.fragment) {
            row.append(bigEndian: fragmentID)
            row.append(bigEndian: fragmentOffset)
        }
        if parts.contains(.ports) {
            row.append(bigEndian: sourcePort)
            row.append(bigEndian: destinationPort)
        }
        if parts.contains(.tcp) { row.append(bigEndian: tcpFlags) }
        if parts.contains(.icmp) {
            row.append(icmpType)
            row.append(icmpCode)
        }
        if parts.contains(.innerIPv4) {
            row.append(bigEndian: UInt32(truncatingIfNeeded: innerSource.low))
            row.append(bigEndian: UInt32(truncatingIfNeeded: innerDestination.low))
            row.append(innerProtocol)
        } else if parts.contains(.innerIPv6) {
            row.append(innerSource)
            row.append(innerDestination)
            row.append(innerProtocol)
        }
        if parts.contains(.innerPorts) {
            row.append(bigEndian: innerSourcePort)
            row.append(bigEndian: innerDestinationPort)
        }
    }
}

extension ByteBuffer {
    mutating func append(_ address: IPAddress) {
        append(bigEndian: address.high)
        append(bigEndian: address.low)
    }
}
