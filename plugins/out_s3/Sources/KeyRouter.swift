import Codec
import Core

/// The common part of the keys of objects, as a record found it.
///
/// Kept as long as records ask for it, and with it the way to the object that takes them.
final class Partition {
    let text: String
    fileprivate let tag: String
    fileprivate let time: Int64
    fileprivate let values: [String]
    /// The object that took the last record.
    var object: CollectedObject?

    fileprivate init(text: String, tag: String, time: Int64, values: [String]) {
        self.text = text
        self.tag = tag
        self.time = time
        self.values = values
    }
}

/// Finds the partition of each record, asking the template only for those that were not asked for
/// lately.
struct KeyRouter: ~Copyable {
    private let template: KeyTemplate
    /// Per shape: the template's fields, and whether a whole run shares one partition.
    private var shapes = ShapeCache<Resolution>()
    private var scratch = ByteBuffer()

    /// Partitions asked for lately, each in the slot that its values choose: records of many hosts
    /// come mixed.
    private var known = [Partition?](repeating: nil, count: 256)

    /// Seconds within which no time zone begins another hour.
    private static let step: Int64 = 900

    private final class Resolution {
        let fields: [ResolvedField?]
        let isRunConstant: Bool

        init(fields: [ResolvedField?], isRunConstant: Bool) {
            self.fields = fields
            self.isRunConstant = isRunConstant
        }
    }

    private let hasTime: Bool
    private let hasFields: Bool
    private let templateFields: [FieldPath]

    init(_ template: KeyTemplate) {
        self.template = template
        hasTime = template.hasTime
        templateFields = template.fields
        hasFields = !templateFields.isEmpty
    }

    /// Whether all rows of a run of this shape go to the partition of its first row.
    mutating func isRunConstant(_ shape: Shape) -> Bool { resolution(shape).isRunConstant }

    /// Forgets the objects.
    mutating func forgetObjects() { for partition in known { partition?.object = nil } }

    private mutating func resolution(_ shape: Shape) -> Resolution {
        let fields = templateFields
        let hasTime = self.hasTime
        return shapes.value(for: shape) { shape in
            let fields = fields.map { $0.resolve(in: shape) }
            var columns = fields.compactMap { $0?.column }
            if hasTime, let time = shape.timeColumn { columns.append(time) }
            return Resolution(
                fields: fields,
                isRunConstant: columns.allSatisfy { shape.isRunConstant($0) })
        }
    }

    /// The partition of one record.
    mutating func partition(of row: Row, tag: String, received: Timestamp) -> Partition {
        var moment = received
        var time = Int64.min
        if hasTime {
            moment = row.eventTime ?? received
            let second = moment.seconds
            time = second / Self.step - (second % Self.step < 0 ? 1 : 0)
        }
        var hash = UInt64(bitPattern: time) &* 0x9e37_79b9_7f4a_7c15
        if !hasFields {
            let slot = Int(truncatingIfNeeded: (hash ^ hash >> 32) & 255)
            if let known = known[slot], known.time == time, known.tag == tag { return known }
            return make(slot, tag, time, moment, [])
        }
        let fields = resolution(row.shape).fields
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
            if isSame { return known }
        }
        return make(
            slot, tag, time, moment, fields.map { text(of: $0, in: row) { $0.makeString() } ?? "" })
    }

    private mutating func make(
        _ slot: Int, _ tag: String, _ time: Int64, _ moment: Timestamp, _ values: [String]
    ) -> Partition {
        let made = Partition(
            text: template.partition(tag: tag, time: moment, values: values), tag: tag, time: time,
            values: values)
        known[slot] = made
        return made
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
