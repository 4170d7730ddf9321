import Core

/// What a record of one shape gives to the parsers, and what stays of it afterwards.
struct RecordRest {
    /// The field that is read; `nil` when the shape has none.
    let field: ResolvedField?
    /// The shape with everything hidden that goes.
    let shape: Shape

    init(of shape: Shape, key: FieldPath, keepsKey: Bool, keepsOthers: Bool) {
        let field = key.resolve(in: shape)
        self.field = field
        var columns = shape.columns
        for index in columns.indices where !columns[index].isHidden {
            let isKey = index == field?.column
            // A map stays whole when a value inside it was read.
            let keeps =
                isKey ? keepsKey || keepsOthers && field?.steps.isEmpty == false : keepsOthers
            columns[index].isHidden = !keeps
        }
        self.shape = shape.replacingColumns(columns, timeColumn: shape.timeColumn)
    }
}

/// What is taken of records of a shape that a parser made.
struct ParsedShape {
    let shape: Shape
    /// Whether the parser keeps lines whole that it cannot read, and this is one.
    let isRaw: Bool

    /// What a parser keeps in the constants of a run is not from the text but how the text came to
    /// the agent; that the record itself knows better.
    init(_ shape: Shape) {
        var columns = shape.columns
        for index in columns.indices {
            if case .constant = columns[index].place { columns[index].isHidden = true }
        }
        self.shape = shape.replacingColumns(columns, timeColumn: shape.timeColumn)
        isRaw =
            shape.column(named: "parse_status").map { index in
                columns[index].place == .literal(Array("raw".utf8))
            } ?? false
    }
}
