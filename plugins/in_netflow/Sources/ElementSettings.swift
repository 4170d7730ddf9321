import Core

/// The option `elements`: information elements that the user names.
enum ElementSettings {
    /// The abstract data types of RFC 7012 §3.1, but for lists: those decide how records lie in
    /// memory.
    private static let types: [(name: String, type: ElementType)] = [
        ("octetArray", .octets), ("unsigned8", .unsigned), ("unsigned16", .unsigned),
        ("unsigned32", .unsigned), ("unsigned64", .unsigned), ("signed8", .signed),
        ("signed16", .signed), ("signed32", .signed), ("signed64", .signed), ("float32", .float),
        ("float64", .float), ("boolean", .boolean), ("macAddress", .mac), ("string", .string),
        ("dateTimeSeconds", .seconds), ("dateTimeMilliseconds", .milliseconds),
        ("dateTimeMicroseconds", .microseconds), ("dateTimeNanoseconds", .nanoseconds),
        ("ipv4Address", .address), ("ipv6Address", .address),
    ]

    static let elements = OptionSpec(
        "elements",
        .group([
            OptionSpec(
                "id", .integer(1...65_535), required: true,
                help: "Number of the element; from 32768 on a field type of NetFlow v9."),
            OptionSpec(
                "enterprise", .integer(0...Int(UInt32.max)), default: "0",
                help: "Enterprise number; 0 is IANA."),
            OptionSpec(
                "name", .text, required: true, help: "Name in ie, behind the vendor's if known."),
            OptionSpec(
                "type", .text, required: true,
                help: "IANA type: unsigned8, string, ipv4Address, dateTimeMilliseconds, ..."),
        ]), repeatable: true,
        help: "Information elements to add, or to name or read in another way.")

    /// - Parameter problems: grows by every definition that cannot be.
    static func read(
        _ settings: PluginSettings, problems: inout [SettingsProblem]
    ) -> [ElementKey: Element] {
        var defined: [ElementKey: Element] = [:]
        for group in settings.groups("elements") {
            guard let number = group.integer("id"), let name = group.text("name"),
                let typeName = group.text("type")
            else { continue }
            guard let type = types.first(where: { $0.name == typeName })?.type else {
                problems.append(
                    SettingsProblem(
                        .unknownChoice, at: group.location(of: "type"),
                        "'type' is '\(typeName)', which is no abstract data type of RFC 7012, or one of lists",
                        hint: Suggestion.hint(for: typeName, among: types.map(\.name))))
                continue
            }
            let enterprise = group.integer("enterprise") ?? 0
            let registry = ElementRegistry.shared
            let id = UInt16(clamping: number)
            let key =
                id < 0x8000 || enterprise != 0
                ? ElementKey(enterprise: UInt32(clamping: enterprise), id)
                : registry.key(ofV9Type: id)
            func refuse(_ option: String, _ text: String) {
                problems.append(
                    SettingsProblem(.invalidValue, at: group.location(of: option), text))
            }
            if id >= 0x8000, enterprise != 0 {
                refuse("id", "'id' is \(number): elements of an enterprise end at 32767")
            }
            if registry.list(key, of: .ipfix) != nil {
                refuse("id", "'id' is \(number), which holds lists and cannot be redefined")
            }
            if name.isEmpty || name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) {
                refuse("name", "'name' is '\(name)', which is empty or has blanks")
            }
            if defined[key] != nil { refuse("id", "'elements' has '\(number)' twice") }
            let vendor = registry.vendor(ofEnterprise: key.enterprise).map { $0 + "." } ?? ""
            let element = Element(
                name: name.hasPrefix(vendor) ? name : vendor + name, encoding: type.encoding)
            if defined.values.contains(where: { $0.name == element.name }) {
                refuse("name", "'elements' has the name '\(element.name)' twice")
            }
            defined[key] = element
        }
        return defined
    }
}
