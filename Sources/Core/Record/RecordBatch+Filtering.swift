/// What filters do to a batch: drop rows, read rows through another shape, widen rows.
extension RecordBatch {
    /// Keeps the records for which `isKept` says so.
    ///
    /// - Returns: the number of records dropped.
    public mutating func retain(where isKept: (Row) -> Bool) -> Int {
        let before = count
        var kept: [Run] = []
        kept.reserveCapacity(runs.count)
        for run in runs {
            let part = retain(in: run, where: isKept)
            if part.count > 0 { kept.append(part) }
        }
        runs = kept
        count = kept.reduce(0) { $0 + $1.count }
        return before - count
    }

    /// Moves the kept rows of one run together; the freed bytes stay unused in the buffer.
    private mutating func retain(in run: Run, where isKept: (Row) -> Bool) -> Run {
        var spans: [Range<Int>] = []
        var keptCount = 0
        let prefix = run.shape.hasVariablePart ? 4 : 0
        forEachRow(of: run) { row, range in
            guard isKept(row) else { return }
            keptCount += 1
            let start = range.lowerBound - prefix
            if let last = spans.last, last.upperBound == start {
                spans[spans.count - 1] = last.lowerBound..<range.upperBound
            } else {
                spans.append(start..<range.upperBound)
            }
        }
        if keptCount == run.count { return run }
        var result = run
        var target = run.start
        for span in spans {
            if span.lowerBound != target {
                buffer.move(from: span.lowerBound, to: target, count: span.count)
            }
            target += span.count
        }
        result.byteCount = target - run.start
        result.count = keptCount
        return result
    }

    /// Reads each run through the shape that `transform` gives for its shape.
    ///
    /// The new shape must have the same row and constants lengths (`Shape.replacingColumns`).
    public mutating func reshape(_ transform: (Shape) -> Shape) {
        for index in runs.indices {
            let old = runs[index].shape
            let new = transform(old)
            precondition(
                new.rowLength == old.rowLength && new.hasVariablePart == old.hasVariablePart
                    && new.constantsLength == old.constantsLength)
            runs[index].shape = new
        }
    }

    /// Reads the records for which `isChosen` says so through the shape that `transform` gives.
    ///
    /// Neighbouring records of one decision stay one run; no byte is moved.
    public mutating func reshape(
        where isChosen: (Row) -> Bool, _ transform: (Shape) -> Shape
    ) {
        var result: [Run] = []
        result.reserveCapacity(runs.count)
        for run in runs {
            let prefix = run.shape.hasVariablePart ? 4 : 0
            var chosenShape: Shape?
            forEachRow(of: run) { row, range in
                var shape = run.shape
                if isChosen(row) {
                    let made = chosenShape ?? transform(run.shape)
                    chosenShape = made
                    shape = made
                }
                let start = range.lowerBound - prefix
                if let last = result.last, last.shape === shape,
                    last.constants == run.constants, last.start + last.byteCount == start
                {
                    result[result.count - 1].byteCount += range.upperBound - start
                    result[result.count - 1].count += 1
                } else {
                    result.append(
                        Run(
                            shape: shape, constants: run.constants, start: start,
                            byteCount: range.upperBound - start, count: 1))
                }
            }
        }
        runs = result
    }

    /// Gives every row `width` more bytes at the end of its fixed part, for a value of its own.
    ///
    /// - Parameters:
    ///   - column: makes the new column from the offset of its bytes.
    ///   - fill: the bytes for one row; must append exactly `width` bytes.
    public mutating func widen(
        by width: Int, column: (Int) -> Column, fill: (Row, inout ByteBuffer) -> Void
    ) {
        var wide = ByteBuffer(capacity: buffer.count + count * width)
        var result: [Run] = []
        var shapes = ShapeCache<Shape>()
        for run in runs {
            let shape = shapes.value(for: run.shape) { old in
                .known(
                    columns: old.columns + [column(old.rowLength)],
                    rowLength: old.rowLength + width, hasVariablePart: old.hasVariablePart,
                    constantsLength: old.constantsLength, timeColumn: old.timeColumn)
            }
            let constants = wide.count
            wide.append(
                bytes.extracting(run.constants..<run.constants + run.shape.constantsLength))
            let start = wide.count
            forEachRow(of: run) { row, range in
                if shape.hasVariablePart { wide.append(bigEndian: UInt32(range.count + width)) }
                wide.append(row.bytes.extracting(0..<run.shape.rowLength))
                let before = wide.count
                fill(row, &wide)
                precondition(wide.count == before + width)
                wide.append(row.bytes.extracting(run.shape.rowLength..<range.count))
            }
            result.append(
                Run(
                    shape: shape, constants: constants, start: start,
                    byteCount: wide.count - start, count: run.count))
        }
        buffer = wide
        runs = result
    }
}

extension RecordBatch {
    /// Keeps the records of a range of places in the batch and forgets the others.
    public mutating func keep(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        var kept: [Run] = []
        var first = 0
        for run in runs {
            let part = range.clamped(to: first..<first + run.count)
            if !part.isEmpty {
                kept.append(self.part(of: run, part.lowerBound - first..<part.upperBound - first))
            }
            first += run.count
        }
        runs = kept
        count = range.count
    }

    /// The rows of a range of places in a run.
    private func part(of run: Run, _ range: Range<Int>) -> Run {
        if range.count == run.count { return run }
        let start = offset(ofRow: range.lowerBound, in: run)
        var part = run
        part.start = start
        part.byteCount = offset(ofRow: range.upperBound, in: run) - start
        part.count = range.count
        return part
    }

    /// Where a row begins in the buffer, with its length in front; the end for the count of rows.
    private func offset(ofRow row: Int, in run: Run) -> Int {
        if !run.shape.hasVariablePart { return run.start + row * run.shape.rowLength }
        var offset = run.start
        for _ in 0..<row { offset += 4 + Int(bytes.uint32(at: offset)) }
        return offset
    }
}
