import Codec
import Core

/// Finds the partition of each record, asking the template only when something it depends on
/// changes.
struct KeyRouter: ~Copyable {
    private let template: KeyTemplate
    /// Per shape: the template's fields, and whether a whole run shares one partition.
    private var shapes = ShapeCache<Resolution>()
    private var scratch = ByteBuffer()

    /// What the partition of the record before was made of.
    private var lastTag = ""
    private var lastTime: Int64 = .min
    private var lastValues: [String] = []
    private var lastPartition: String?

    /// Seconds within which no time zone begins another hour.
    private static let step: Int64 = 900

    private struct Resolution {
        var fields: [ResolvedField?]
        var isRunConstant: Bool
    }

    init(_ template: KeyTemplate) { self.template = template }

    /// Whether all rows of a run of this shape go to the partition of its first row.
    mutating func isRunConstant(_ shape: Shape) -> Bool { resolution(shape).isRunConstant }

    private mutating func resolution(_ shape: Shape) -> Resolution {
        let template = self.template
        return shapes.value(for: shape) { shape in
            let fields = template.fields.map { $0.resolve(in: shape) }
            var columns = fields.compactMap { $0?.column }
            if template.hasTime, let time = shape.timeColumn { columns.append(time) }
            return Resolution(
                fields: fields,
                isRunConstant: columns.allSatisfy { shape.isRunConstant($0) })
        }
    }

    /// The partition of one record.
    mutating func partition(of row: Row, tag: String, received: Timestamp) -> String {
        var isSame = lastPartition != nil && lastTag == tag
        var moment = received
        var time = Int64.min
        if template.hasTime {
            moment = row.eventTime ?? received
            let second = moment.seconds
            time = second / Self.step - (second % Self.step < 0 ? 1 : 0)
            isSame = isSame && time == lastTime
        }
        let fields = resolution(row.shape).fields
        for (index, field) in fields.enumerated() where isSame {
            let known = lastValues[index]
            isSame = text(of: field, in: row) { $0.isText(known) } ?? known.isEmpty
        }
        if isSame, let lastPartition { return lastPartition }
        let values = fields.map { text(of: $0, in: row) { $0.makeString() } ?? "" }
        let partition = template.partition(tag: tag, time: moment, values: values)
        lastTag = tag
        lastTime = time
        lastValues = values
        lastPartition = partition
        return partition
    }

    private mutating func text<Result>(
        of field: ResolvedField?, in row: Row, _ body: (RawSpan) -> Result
    ) -> Result? {
        guard let field else { return nil }
        return field.value(in: row).withText(scratch: &scratch, body)
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
