import Core

/// Finds the path of each record, asking the template only when something it depends on changes.
struct FileRouter: ~Copyable {
    private let template: PathTemplate
    private let fileExtension: String
    private let timeStep: Int64?
    /// Per shape: the template's fields, and whether a whole run shares one path.
    private var shapes = ShapeCache<Resolution>()
    private var scratch = ByteBuffer()

    /// What the path of the record before was made of.
    private var lastTag = ""
    private var lastTime: Int64 = .min
    private var lastValues: [String] = []
    private var lastPath: String?

    private struct Resolution {
        var fields: [ResolvedField?]
        var isRunConstant: Bool
    }

    init(_ template: PathTemplate, fileExtension: String) {
        self.template = template
        self.fileExtension = fileExtension
        timeStep = template.timeStep
    }

    /// Whether the path depends on the tag alone.
    var ignoresRecords: Bool { timeStep == nil && template.fields.isEmpty }

    /// Whether all rows of a run of this shape have the path of its first row.
    mutating func isRunConstant(_ shape: Shape) -> Bool { resolution(shape).isRunConstant }

    private mutating func resolution(_ shape: Shape) -> Resolution {
        let template = self.template
        let hasTime = timeStep != nil
        return shapes.value(for: shape) { shape in
            let fields = template.fields.map { $0.resolve(in: shape) }
            var columns = fields.compactMap { $0?.column }
            if hasTime, let time = shape.timeColumn { columns.append(time) }
            return Resolution(
                fields: fields,
                isRunConstant: columns.allSatisfy { shape.isRunConstant($0) })
        }
    }

    /// The path for a tag, when `ignoresRecords`.
    mutating func path(tag: String) -> String {
        if let lastPath, lastTag == tag { return lastPath }
        return remember(tag: tag, time: .min, Timestamp(nanoseconds: 0), [])
    }

    /// The path of one record.
    mutating func path(of row: Row, tag: String, received: Timestamp) -> String {
        var isSame = lastPath != nil && lastTag == tag
        var moment = received
        var time = Int64.min
        if let timeStep {
            moment = row.eventTime ?? received
            let second = moment.seconds
            time = second / timeStep - (second % timeStep < 0 ? 1 : 0)
            isSame = isSame && time == lastTime
        }
        let fields = resolution(row.shape).fields
        for (index, field) in fields.enumerated() where isSame {
            let known = lastValues[index]
            isSame = text(of: field, in: row) { $0.isText(known) } ?? known.isEmpty
        }
        if isSame, let lastPath { return lastPath }
        let values = fields.map { text(of: $0, in: row) { $0.makeString() } ?? "" }
        return remember(tag: tag, time: time, moment, values)
    }

    private mutating func text<Result>(
        of field: ResolvedField?, in row: Row, _ body: (RawSpan) -> Result
    ) -> Result? {
        guard let field else { return nil }
        return field.value(in: row).withText(scratch: &scratch, body)
    }

    private mutating func remember(
        tag: String, time: Int64, _ moment: Timestamp, _ values: [String]
    ) -> String {
        let path = template.path(tag: tag, time: moment, values: values) + fileExtension
        lastTag = tag
        lastTime = time
        lastValues = values
        lastPath = path
        return path
    }
}

extension Shape {
    /// Whether the column is the same for all rows of a run.
    fileprivate func isRunConstant(_ column: Int) -> Bool {
        switch columns[column].place {
        case .constant, .literal: true
        case .row, .slot: false
        case .derived(let derivation): derivation.arguments.allSatisfy { isRunConstant($0) }
        }
    }
}
