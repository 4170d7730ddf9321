import Core

/// The records of an sFlow counter sample, as places in it.
///
/// Of records with the same format the first counts.
struct CounterSample {
    enum Reading {
        case taken, unknown
        /// The record has fewer bytes than its format.
        case short
    }

    private static let portName: UInt32 = 1005
    private static let hostDescription: UInt32 = 2000

    private(set) var layout = SampleLayout(parts: .counterSample)
    /// Where the records of each of `CounterFormat.all` begin; valid when `layout` has the part.
    private var starts = InlineArray<10, Int>(repeating: 0)
    /// Where the port's name lies; valid when `layout` has the part.
    private(set) var port = 0..<0
    private var hostName = 0..<0
    private var hostRelease = 0..<0
    /// Where a host's UUID, machine type and operating system begin.
    private var hostNumbers = 0

    mutating func read(_ number: UInt32, _ record: Range<Int>, in sample: RawSpan) -> Reading {
        switch number {
        case Self.portName: return readPortName(record, in: sample)
        case Self.hostDescription: return readHost(record, in: sample)
        default: break
        }
        guard let index = CounterFormat.all.firstIndex(where: { $0.number == number }) else {
            return .unknown
        }
        let format = CounterFormat.all[index]
        guard record.count >= format.length else { return .short }
        guard !layout.parts.contains(format.part) else { return .taken }
        layout.parts.insert(format.part)
        layout.absent |= format.absent(in: sample.extracting(record))
        starts[index] = record.lowerBound
        return .taken
    }

    private mutating func readPortName(_ record: Range<Int>, in sample: RawSpan) -> Reading {
        var reader = ByteReader(sample.extracting(record))
        guard let name = reader.readXDRText() else { return .short }
        port = name.lowerBound + record.lowerBound..<name.upperBound + record.lowerBound
        layout.parts.insert(.portName)
        return .taken
    }

    /// Name, UUID (16 bytes), machine type, operating system, release.
    private mutating func readHost(_ record: Range<Int>, in sample: RawSpan) -> Reading {
        let start = record.lowerBound
        var reader = ByteReader(sample.extracting(record))
        guard let name = reader.readXDRText() else { return .short }
        let numbers = reader.offset
        guard reader.skip(24), let release = reader.readXDRText() else { return .short }
        hostName = name.lowerBound + start..<name.upperBound + start
        hostRelease = release.lowerBound + start..<release.upperBound + start
        hostNumbers = numbers + start
        layout.parts.insert(.hostDescription)
        return .taken
    }

    /// Writes the values in the order of `SampleShape`.
    func append(to records: inout SampleRecords, of sample: RawSpan) {
        for (index, format) in CounterFormat.all.enumerated()
        where layout.parts.contains(format.part) {
            records.row.append(
                sample.extracting(starts[index]..<starts[index] + format.length))
        }
        if layout.parts.contains(.hostDescription) {
            records.row.append(sample.extracting(hostNumbers..<hostNumbers + 24))
        }
        if layout.parts.contains(.portName) { records.addText(port, of: sample) }
        if layout.parts.contains(.hostDescription) {
            records.addText(hostName, of: sample)
            records.addText(hostRelease, of: sample)
        }
    }
}
