import Codec
import Core
import Parsers
import Pipeline

/// Prints a JSON Schema of the configuration, for editors.
struct SchemaCommand {
    func run(_ console: Console, _ registry: Registry) -> Int32 {
        console.say(Self.schema(registry).text())
    }

    static func schema(_ registry: Registry) -> SchemaNode {
        let parts = PluginInfo.Kind.allCases.map { kind in
            (kind.rawValue + "s", list(of: .object([("anyOf", .list(items(kind, registry)))])))
        }
        return .object([
            ("$schema", .text("http://json-schema.org/draft-07/schema#")),
            ("title", .text("Catchment configuration")),
            ("type", .text("object")),
            (
                "properties",
                .object([
                    ("env", .object([("type", .list([.text("object"), .text("array")]))])),
                    ("includes", list(of: .object([("type", .text("string"))]))),
                    ("service", map(ServiceSettings.options)),
                    ("parsers", list(of: map(ParserDefinition.options))),
                    ("multiline_parsers", list(of: multilineParser)),
                    ("pipeline", closedMap(parts)),
                ])
            ),
        ])
    }

    private static var multilineParser: SchemaNode {
        let text = SchemaNode.object([("type", .text("string"))])
        let rule = closedMap(
            [("state", text), ("regex", text), ("next_state", text)],
            required: ["state", "regex", "next_state"])
        return closedMap(
            [
                ("name", text), ("type", .object([("const", .text("regex"))])),
                ("flush_timeout", .object([("type", .list([.text("string"), .text("integer")]))])),
                ("rules", list(of: rule)),
            ], required: ["name", "rules"])
    }

    /// The form of each plugin of a kind.
    private static func items(_ kind: PluginInfo.Kind, _ registry: Registry) -> [SchemaNode] {
        registry.infos.filter { $0.kind == kind }.map { info in
            let shared = CommonOptions.specs(of: kind).filter { $0.key != "name" }
            let name = SchemaNode.object([
                ("const", .text(info.name)), ("description", .text(info.summary)),
            ])
            let options = (info.options + shared).map { ($0.key, value(of: $0)) }
            return closedMap(
                [("name", name)] + options,
                required: ["name"] + info.options.filter(\.isRequired).map(\.key))
        }
    }

    private static func map(_ options: [OptionSpec]) -> SchemaNode {
        closedMap(
            options.map { ($0.key, value(of: $0)) },
            required: options.filter(\.isRequired).map(\.key))
    }

    private static func closedMap(
        _ properties: [(String, SchemaNode)], required: [String] = []
    ) -> SchemaNode {
        var members: [(String, SchemaNode)] = [
            ("type", .text("object")), ("additionalProperties", .flag(false)),
        ]
        if !required.isEmpty { members.append(("required", .list(required.map { .text($0) }))) }
        return .object(members + [("properties", .object(properties))])
    }

    private static func list(of item: SchemaNode) -> SchemaNode {
        .object([("type", .text("array")), ("items", item)])
    }

    private static func keywords(of node: SchemaNode) -> [(String, SchemaNode)] {
        guard case .object(let members) = node else { return [] }
        return members
    }

    private static func value(of option: OptionSpec) -> SchemaNode {
        var one: [(String, SchemaNode)]
        switch option.kind {
        case .choice(let words): one = [("enum", .list(words.map { .text($0) }))]
        case .boolean: one = [("type", .list([.text("boolean"), .text("string")]))]
        // Text as well: `${VAR}` may stand anywhere, and sizes and times have units.
        case .group(let members): one = keywords(of: map(members))
        case .integer, .size, .duration:
            one = [("type", .list([.text("number"), .text("string")]))]
        default: one = [("type", .list([.text("string"), .text("number"), .text("boolean")]))]
        }
        if option.isRepeatable {
            one = [("anyOf", .list([.object(one), list(of: .object(one))]))]
        }
        one.append(("description", .text(option.help)))
        if let text = option.defaultValue { one.append(("default", .text(text))) }
        return .object(one)
    }
}

/// A JSON document whose members keep their order.
indirect enum SchemaNode {
    case text(String)
    case flag(Bool)
    case list([SchemaNode])
    case object([(String, SchemaNode)])

    /// Indented by two spaces a level.
    func text(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text): return JSONText.quoted(text)
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let items):
            let lines = items.map { inner + $0.text(indent: inner) }
            return lines.isEmpty ? "[]" : "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        case .object(let members):
            let lines = members.map { inner + JSONText.quoted($0) + ": " + $1.text(indent: inner) }
            return lines.isEmpty ? "{}" : "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        }
    }
}
