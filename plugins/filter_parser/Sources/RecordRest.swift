import Core

/// What a record of one shape gives to the parsers, and what stays of it afterwards.
struct RecordRest {
    /// The field that is read; `nil` when the shape has none.
    let field: ResolvedField?
    /// The shape with everything hidden that goes.
    let shape: Shape
    /// The same for records that got another event time: what is said about the old one goes, too.
    let retimedShape: Shape

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
        for index in columns.indices where Self.timeRemarks.contains(columns[index].name) {
            columns[index].isHidden = true
        }
        retimedShape = shape.replacingColumns(columns, timeColumn: shape.timeColumn)
    }

    /// Fields of our log records that say something about `time`.
    private static let timeRemarks = [ParsedShape.timeSource, "time_suspect"]
}

/// What is taken of records of a shape that a parser made.
struct ParsedShape {
    let shape: Shape
    /// Whether the parser keeps lines whole that it cannot read, and this is one.
    let isRaw: Bool

    fileprivate static let timeSource = "time_source"

    /// What a parser keeps in the constants of a run is not from the text but how the text came to
    /// the agent, and so is the time when there is none in the text; that the record itself knows
    /// better.
    init(_ shape: Shape) {
        var columns = shape.columns
        for index in columns.indices {
            switch columns[index].place {
            case .constant: columns[index].isHidden = true
            case .literal where columns[index].name == Self.timeSource:
                columns[index].isHidden = true
            default: break
            }
        }
        self.shape = shape.replacingColumns(columns, timeColumn: shape.timeColumn)
        isRaw =
            shape.column(named: "parse_status").map { index in
                columns[index].place == .literal(Array("raw".utf8))
            } ?? false
    }
}
