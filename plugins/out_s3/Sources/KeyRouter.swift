import Codec
import Core

/// Finds the partition of each record, asking the template only for those that were not asked for
/// lately.
struct KeyRouter: ~Copyable {
    private let template: KeyTemplate
    /// Per shape: the template's fields, and whether a whole run shares one partition.
    private var shapes = ShapeCache<Resolution>()
    private var scratch = ByteBuffer()

    /// Partitions asked for lately, each in the slot that its values choose: records of many hosts
    /// come mixed.
    private var known = [Known?](repeating: nil, count: 256)

    /// A partition and what it was made of.
    private struct Known {
        var tag: String
        var time: Int64
        var values: [String]
        var partition: String
    }

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
        var moment = received
        var time = Int64.min
        if template.hasTime {
            moment = row.eventTime ?? received
            let second = moment.seconds
            time = second / Self.step - (second % Self.step < 0 ? 1 : 0)
        }
        let fields = resolution(row.shape).fields
        var hash = UInt64(bitPattern: time) &* 0x9e37_79b9_7f4a_7c15
        for field in fields {
            hash = text(of: field, in: row) { $0.hash(continuing: hash) } ?? hash &* 31
        }
        let slot = Int(truncatingIfNeeded: (hash ^ hash >> 32) & 255)
        if let known = known[slot], known.time == time, known.tag == tag {
            var isSame = true
            for (index, field) in fields.enumerated() where isSame {
                let value = known.values[index]
                isSame = text(of: field, in: row) { $0.isText(value) } ?? value.isEmpty
            }
            if isSame { return known.partition }
        }
        let values = fields.map { text(of: $0, in: row) { $0.makeString() } ?? "" }
        let partition = template.partition(tag: tag, time: moment, values: values)
        known[slot] = Known(tag: tag, time: time, values: values, partition: partition)
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

extension RawSpan {
    /// FNV-1a over the bytes.
    fileprivate func hash(continuing start: UInt64) -> UInt64 {
        var hash = start
        for index in 0..<byteCount { hash = (hash ^ UInt64(byte(at: index))) &* 0x100_0000_01b3 }
        return hash
    }
}
