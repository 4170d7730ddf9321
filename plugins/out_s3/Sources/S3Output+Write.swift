import Codec
import Core

extension S3Output {
    /// Bytes of rows that are encoded together at most: between them an object may end.
    private static let step = 16 << 10

    /// Neighbouring rows of one object are encoded together.
    func write(
        _ run: RecordBatch.Run, of batch: borrowing RecordBatch, from source: Int,
        _ firstRecord: UInt64
    ) throws(OperationError) {
        let bytes = batch.bytes
        let constants = bytes.extracting(
            run.constants..<run.constants + run.shape.constantsLength)
        let prefix = run.shape.hasVariablePart ? 4 : 0
        if run.count == 1 {
            // Lines of several formats come mixed: most runs are one row.
            let row = Row(
                shape: run.shape,
                bytes: bytes.extracting(run.start + prefix..<run.start + run.byteCount),
                constants: constants)
            let object = self.object(
                for: row, firstRecord, source: source, tag: batch.tag, received: batch.received)
            return try add(run, of: batch, to: object, end: firstRecord + 1)
        }
        let isConstant = firstRecord >= places.replayEnds[source] && router.isRunConstant(run.shape)
        var part = run
        part.count = 0
        part.byteCount = 0
        var current: CollectedObject?
        var number = firstRecord
        var offset = run.start
        for _ in 0..<run.count {
            let length = prefix == 0 ? run.shape.rowLength : Int(bytes.uint32(at: offset))
            if part.byteCount >= Self.step {
                try add(part, of: batch, to: current, end: number)
                part.begin(at: offset)
            }
            if part.count == 0 || !isConstant {
                let row = Row(
                    shape: run.shape,
                    bytes: bytes.extracting(offset + prefix..<offset + prefix + length),
                    constants: constants)
                let object = self.object(
                    for: row, number, source: source, tag: batch.tag, received: batch.received)
                if object !== current, part.count > 0 {
                    try add(part, of: batch, to: current, end: number)
                    part.begin(at: offset)
                }
                current = object
            }
            part.count += 1
            part.byteCount += prefix + length
            offset += prefix + length
            number += 1
        }
        try add(part, of: batch, to: current, end: number)
    }

    /// - Parameter object: `nil` for rows that are delivered.
    private func add(
        _ run: RecordBatch.Run, of batch: borrowing RecordBatch, to object: CollectedObject?,
        end: UInt64
    ) throws(OperationError) {
        guard let object else { return }
        writer.append(run, of: batch, to: &object.records)
        try object.add(
            count: run.count, rowBytes: run.byteCount, endingAt: end, upTo: settings.objectSize,
            &packer)
        objects.use(object)
        // What an earlier attempt decided on ends where it ended then.
        if object.isLong, object.plan?.end == nil { objects.close(object) }
    }

    /// The object that a record goes to; `nil` when it is delivered.
    private func object(
        for row: Row, _ number: UInt64, source: Int, tag: String, received: Timestamp
    ) -> CollectedObject? {
        if number < places.floors[source] { return nil }
        let partition = router.partition(of: row, tag: tag, received: received)
        if number >= places.replayEnds[source], let last = partition.object, last.takesRecords,
            last.place.source == source, last.plan == nil
        {
            return last
        }
        let place = CollectedObject.Place(source: source, partition: partition.text)
        if number < places.replayEnds[source], let end = objects.delivered[place], number < end {
            return nil
        }
        if let known = objects.open[place] {
            guard let end = known.plan?.end, number >= end else {
                partition.object = known
                return known
            }
            objects.close(known)
        }
        let plan = objects.takePlan(of: place, number)
        let made = CollectedObject(
            place: place, start: plan?.start ?? number,
            time: plan?.time ?? row.eventTime ?? received, opened: clock(), plan: plan,
            partSize: settings.usesMultipart ? settings.partSize : nil)
        objects.add(made)
        partition.object = made
        return made
    }
}

extension RecordBatch.Run {
    /// Goes on without a row behind those it had.
    fileprivate mutating func begin(at offset: Int) {
        start = offset
        count = 0
        byteCount = 0
    }
}
