import Core

/// One entry of the map that a record inside structured data becomes.
struct InnerMember: Sendable {
    /// The element's registered name.
    let name: String
    let encoding: Encoding
    let list: ListKind?
    /// Fields of the template that hold it; several become an array.
    let fields: [Int]

    /// In template order; padding is left out.
    static func all(
        of layout: TemplateLayout, _ defined: [ElementKey: Element] = [:]
    ) -> [InnerMember] {
        let padding: ElementKey = 210
        var fields: [ElementKey: [Int]] = [:]
        var order: [ElementKey] = []
        for (index, field) in layout.fields.enumerated() where field.element != padding {
            if fields[field.element] == nil { order.append(field.element) }
            fields[field.element, default: []].append(index)
        }
        return order.map { key in
            let element =
                defined[key] ?? ElementRegistry.shared.element(key, of: layout.flowProtocol)
            return InnerMember(
                name: element.name, encoding: element.encoding, list: element.list,
                fields: fields[key] ?? [])
        }
    }
}
