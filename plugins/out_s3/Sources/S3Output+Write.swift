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
        let isConstant = firstRecord >= replayEnds[source] && router.isRunConstant(run.shape)
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
        uses += 1
        object.lastUse = uses
        // What an earlier attempt decided on ends where it ended then.
        if object.isLong, object.plan?.end == nil { close(object) }
    }

    /// Lets no more records into an object.
    func close(_ object: CollectedObject) {
        object.takesRecords = false
        objects[object.place] = nil
        sealed.append(object)
    }

    /// The object that a record goes to; `nil` when it is delivered.
    private func object(
        for row: Row, _ number: UInt64, source: Int, tag: String, received: Timestamp
    ) -> CollectedObject? {
        if number < floors[source] { return nil }
        let partition = router.partition(of: row, tag: tag, received: received)
        if number >= replayEnds[source], let last = partition.object, last.takesRecords,
            last.place.source == source, last.plan == nil
        {
            return last
        }
        let place = CollectedObject.Place(source: source, partition: partition.text)
        if number < replayEnds[source], let end = delivered[place], number < end { return nil }
        if let known = objects[place] {
            guard let end = known.plan?.end, number >= end else {
                partition.object = known
                return known
            }
            close(known)
        }
        let plan = takePlan(of: place, number)
        let made = CollectedObject(
            place: place, start: plan?.start ?? number,
            time: plan?.time ?? row.eventTime ?? received, opened: clock(), plan: plan,
            partSize: settings.usesMultipart ? settings.partSize : nil)
        objects[place] = made
        partition.object = made
        return made
    }

    /// What was decided of the object that a record belongs to.
    private func takePlan(
        of place: CollectedObject.Place, _ number: UInt64
    ) -> S3State.Plan? {
        guard
            let index = planned[place]?.firstIndex(where: { $0.end.map { number < $0 } ?? true })
        else { return nil }
        let plan = planned[place]?.remove(at: index)
        if planned[place]?.isEmpty == true { planned[place] = nil }
        return plan
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
