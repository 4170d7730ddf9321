import Core

@testable import InNetflow

/// The columns that any compiled shape can have, found by compiling.
///
/// Layouts of each element with a column, of two of them, of all, and of all but one; sFlow samples
/// of each part, of two, of all, and of all but one.
struct FlowColumns {
    /// Shown columns by flat name, with the encodings that they come in.
    private(set) var fromTemplates: [String: Set<Encoding>] = [:]
    private(set) var fromSamples: [String: Set<Encoding>] = [:]

    static let all = FlowColumns()

    private init() {
        for shape in Self.templateShapes() + Self.templateShapesOfPairs() {
            Self.add(shape, to: &fromTemplates)
        }
        for shape in Self.sampleShapes() + Self.sampleShapesOfPairs() {
            Self.add(shape, to: &fromSamples)
        }
    }

    var names: Set<String> { Set(fromTemplates.keys).union(fromSamples.keys) }

    func type(of column: String) -> String {
        let encodings = (fromTemplates[column] ?? []).union(fromSamples[column] ?? [])
        return Set(encodings.map(Self.type)).sorted().joined(separator: " or ")
    }

    private static func add(_ shape: Shape, to found: inout [String: Set<Encoding>]) {
        for column in shape.columns where !column.isHidden && column.member == nil {
            found[column.name, default: []].insert(column.encoding)
        }
    }

    private static func type(_ encoding: Encoding) -> String {
        switch encoding {
        case .null: "null"
        case .boolean, .ipfixBoolean: "boolean"
        case .unsigned, .signed: "integer"
        case .float: "float"
        case .text, .paddedText: "text"
        case .bytes: "hex"
        case .address: "address"
        case .mac: "MAC"
        case .nanoseconds, .milliseconds, .seconds, .ntpMicroseconds, .ntpNanoseconds: "time"
        case .nested: "list"
        }
    }

    // MARK: Templates

    /// Elements that columns are made of.
    static let elements: [ElementKey] = {
        let ruled = ColumnRule.all.flatMap(\.sources)
        let timed =
            TimeElements.start + TimeElements.end + TimeElements.observed
            + [
                TimeElements.startTicks, TimeElements.endTicks, TimeElements.boot,
                TimeElements.startDelta, TimeElements.endDelta, TimeElements.durationMilliseconds,
            ]
        let exporter = ExporterElements.addresses + [ExporterElements.originalDomain]
        return Array(Set(ruled + timed + exporter)).sorted()
    }()

    static func layout(
        _ elements: [ElementKey], _ version: FlowProtocol, isOptions: Bool = false
    ) -> TemplateLayout {
        TemplateLayout(
            flowProtocol: version,
            fields: elements.map { FieldSpecifier(element: $0, length: length(of: $0)) },
            isOptions: isOptions)
    }

    private static func length(of element: ElementKey) -> UInt16 {
        // Labels have three bytes.
        if (70...79).contains(element.number) { return 3 }
        switch ElementRegistry.shared.element(element, of: .ipfix).encoding {
        case .address: return element == 8 ? 4 : 16
        case .mac: return 6
        case .unsigned, .seconds: return 4
        default: return 8
        }
    }

    /// Everything that was told outside of the template.
    static var variants: [PlanVariant] {
        var full = PlanVariant()
        full.sampling = .options
        full.names = NameKinds([.interfaces, .vrfs, .applications])
        full.isBootTimeKnown = true
        full.isMediated = true
        full.isNamed = true
        var shifted = PlanVariant()
        shifted.clockOffset = 3600
        shifted.sampling = .field
        return [PlanVariant(), full, shifted]
    }

    static func templateShapes() -> [Shape] {
        var layouts = [NetflowV1.layout, NetflowV5.layout, NetflowV7.layout] + NetflowV8.layouts
        for version in [FlowProtocol.netflowV9, .ipfix] {
            layouts.append(layout(elements, version))
            layouts.append(layout([1], version, isOptions: true))
            for (index, element) in elements.enumerated() {
                layouts.append(layout([element], version))
                var others = elements
                others.remove(at: index)
                layouts.append(layout(others, version))
            }
        }
        return layouts.flatMap { layout in
            variants.map { FlowPlan(layout, $0, [:], ShapeOptions()).shape }
        }
    }

    private static func templateShapesOfPairs() -> [Shape] {
        elements.enumerated().flatMap { index, element in
            elements[..<index].map {
                FlowPlan(layout([$0, element], .ipfix), PlanVariant(), [:], ShapeOptions()).shape
            }
        }
    }

    // MARK: Samples

    private static let kinds: [SampleParts] = [.flowSample, .discardSample, .counterSample]
    private static let parts: [SampleParts] = (0..<52)
        .map { SampleParts(rawValue: 1 << UInt64($0)) }.filter { !kinds.contains($0) }

    static func sampleShapes() -> [Shape] {
        let all = parts.reduce(into: SampleParts()) { $0.formUnion($1) }
        let sets = [[], all] + parts + parts.map(all.subtracting)
        return kinds.flatMap { kind in sets.map { shape(kind, $0) } }
    }

    private static func sampleShapesOfPairs() -> [Shape] {
        parts.flatMap { part in parts.map { shape(.flowSample, part.union($0)) } }
    }

    private static func shape(_ kind: SampleParts, _ others: SampleParts) -> Shape {
        // Discard samples tell the reason in a place of its own.
        let parts = kind == .discardSample ? others.subtracting(.discarded) : others
        return SampleShape.make(SampleLayout(parts: parts.union(kind)), ShapeOptions())
    }
}
