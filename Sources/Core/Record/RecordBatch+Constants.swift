/// Columns that say the same in many records, such as the file that lines came from.
extension RecordBatch {
    /// Gives the runs from `first` on more constants.
    ///
    /// - Parameters:
    ///   - constants: added behind those that a run has.
    ///   - widened: the shape for a run's shape: the same row, and `constantsLength` longer by the
    ///     constants that are added.
    public mutating func addConstants(
        _ constants: RawSpan, toRunsFrom first: Int, _ widened: (Shape) -> Shape
    ) {
        // Rows without constants of their own can all point at one copy.
        var shared: Int?
        for index in runs.indices.dropFirst(first) {
            let old = runs[index]
            let new = widened(old.shape)
            precondition(
                new.rowLength == old.shape.rowLength
                    && new.hasVariablePart == old.shape.hasVariablePart
                    && new.constantsLength == old.shape.constantsLength + constants.byteCount)
            if old.shape.constantsLength == 0, let shared {
                runs[index].constants = shared
            } else {
                let own = bytes.extracting(
                    old.constants..<old.constants + old.shape.constantsLength
                ).makeArray()
                runs[index].constants = buffer.count
                own.withBytes { buffer.append($0) }
                buffer.append(constants)
                if own.isEmpty { shared = runs[index].constants }
            }
            runs[index].shape = new
        }
    }
}
