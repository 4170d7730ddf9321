import Core

@testable import InNetflow

/// The text of `docs/35-flow-fields.md`, made from the tables that decoding uses.
enum FlowFieldsPage {
    static var text: String {
        ([introduction] + flows + [counters, elements]).joined(separator: "\n\n") + "\n"
    }

    private static let profiles = SchemaProfile.allCases.filter { $0 != .flat }

    private static let introduction = """
        # Flow fields

        Every field that records of the input [`netflow`](../plugins/in_netflow/README.md) can have beside
        `ie`. A record has those that its template, version or sample has something for; fields that are
        null are left out. This page is written from the code (`UPDATE_DOCS=1`).

        ## Profiles

        `profile` of the input says whose names fields have. It costs nothing per record: shapes are renamed
        once.

        - `flat`: the names of the first column, those of goflow2 where it has one.
        - `ecs`: Elastic Common Schema 8. Elements without a field are `netflow.*` instead of `ie.*`.
          `event.duration` is in nanoseconds; `event.kind` is `metric` for counters, else `event`;
          `event.category` is `network`. MAC addresses keep colons and lower case.
        - `otel`: names of the netflow receiver of the OpenTelemetry collector. What the semantic
          conventions have no name for stands below `flow.`, our fields included. The prefix differed
          between its releases (`network.io.bytes`, `network.flow.sampling_rate`): compare yours. Times are
          nanoseconds since 1970.
        - `goflow2`: goflow2's JSON. Times are nanoseconds since 1970, `type` is in capitals. Addresses,
          `etype` and `proto` are as in `flat`.

        A dotted name is one key of a flat record. Filters and outputs see the profile's names:
        `regex: source.ip ^192\\.0\\.2\\.`. In the tables an empty cell means the name of the first column; two
        names mean that both are there.
        """

    // MARK: Columns

    private static var flows: [String] {
        ColumnMeaning.flows.map { group in
            let rows = group.columns.map { meaning in
                row(
                    [
                        "`\(meaning.column)`", FlowColumns.all.type(of: meaning.column),
                        meaning.phrase,
                    ]
                        + [origin(of: meaning)] + profiles.map { names(meaning.column, $0) })
            }
            return table(
                group.title, ["field", "type", "meaning", "from"] + profiles.map(\.rawValue), rows)
        }
    }

    private static var counters: String {
        let tables = ColumnMeaning.counters.map { group in
            let rows = group.columns.map {
                row(["`\($0.column)`", FlowColumns.all.type(of: $0.column), $0.phrase])
            }
            return table(group.title, ["field", "type", "meaning"], rows, level: "###")
        }
        let introduction = """
            ## Counters of sFlow

            Records of type `counters`. The numbers are those of sFlow's counter records. Counters run since the
            agent's start unless the unit says otherwise. `ecs` and `goflow2` have the same names, `otel` puts
            `flow.` before them\(counterNotes).
            """
        return ([introduction] + tables).joined(separator: "\n\n")
    }

    /// Counters that a profile has a name of its own for.
    private static var counterNotes: String {
        let notes = ColumnMeaning.counters.flatMap(\.columns).flatMap { meaning in
            profiles.compactMap { profile -> String? in
                let rule = profile.rules.first { $0.column == meaning.column }
                return rule.map { "`\(meaning.column)` is `\($0.name)` in `\(profile.rawValue)`" }
            }
        }
        return notes.isEmpty ? "" : "; " + notes.joined(separator: ", ")
    }

    private static func names(_ column: String, _ profile: SchemaProfile) -> String {
        let name = profile.name(of: column)
        let added = profile.rules.filter { $0.column == column && !$0.replacesName }
        if added.isEmpty && name == column { return "" }
        return ([name] + added.map(\.name)).map { "`\($0)`" }.joined(separator: ", ")
    }

    private static func origin(of meaning: ColumnMeaning) -> String {
        var parts = sources(of: meaning.column).map(describe)
        if let origin = meaning.origin { parts.append(origin) }
        if FlowColumns.all.fromSamples[meaning.column] != nil, !parts.contains("our clock") {
            parts.append("sFlow")
        }
        return parts.joined(separator: ", ")
    }

    private static func sources(of column: String) -> [ElementKey] {
        switch column {
        case "time_flow_start":
            TimeElements.start + [TimeElements.startTicks, TimeElements.startDelta]
                + TimeElements.observed
        case "time_flow_end":
            TimeElements.end + [TimeElements.endTicks, TimeElements.endDelta]
                + TimeElements.observed
        case "duration_ms": [TimeElements.durationMilliseconds]
        case "sampler_address": ExporterElements.addresses
        case "transport": ColumnRule.protocolNumber.sources
        default: ruledSources(of: column)
        }
    }

    private static func ruledSources(of column: String) -> [ElementKey] {
        ColumnRule.all.flatMap { rule -> [ElementKey] in
            if rule.column == column { return rule.sources }
            if case .withName(_, column) = rule.reading { return rule.sources }
            return []
        }
    }

    private static func describe(_ key: ElementKey) -> String {
        let name = ElementRegistry.shared.element(key, of: .ipfix).name
        let number = key.enterprise == 0 ? "\(key.number)" : "\(key.enterprise)/\(key.number)"
        return "\(number) \(name)"
    }

    // MARK: Elements

    private static var elements: String {
        let all = ElementRegistry.shared.all.filter {
            $0.key.enterprise != ElementKey.reverseEnterprise
        }
        let registered = all.filter { $0.key.enterprise == 0 && $0.key.number < 0x8000 }
        let others = all.dropFirst(registered.count)
        let vendors = Dictionary(grouping: others) { $0.name.prefix { $0 != "." } }
        let rows = vendors.sorted { $0.key < $1.key }.map { vendor, elements in
            let enterprises = Set(elements.map(\.key.enterprise)).sorted()
                .map { $0 == 0 ? "v9 types" : "\($0)" }
            return row(
                ["`ie.\(vendor)`", enterprises.joined(separator: ", "), "\(elements.count)"])
        }
        let text = """
            ## Names below `ie`

            Every element without a field of its own stays under `ie`, with `ie_all` the others, too:

            - elements of IANA under their registered name: `ie.minimumIpTotalLength`,
            - the reverse direction (enterprise 29305, RFC 5103) with `reverse` before it:
              `ie.reverseFlowEndReason`,
            - elements of known vendors as `ie.<vendor>.<name>`: `ie.cisco.tcpWindowSizeMin`,
            - unknown elements of IPFIX as hex in `ie.e<enterprise>id<number>`, unknown types of v9 in
              `ie.v9t<type>`; scopes of v9 options as `ie.scopeInterface` and so on,
            - elements that an exporter described (RFC 5610) as `ie.<vendor>.<name>`, or
              `ie.e<enterprise>.<name>` of an unknown vendor; those of `elements` as that says,
            - an element that stands several times in a template as a list.

            Types are those of the registry; what it calls octets, and what is unknown, is hex.

            ## Known elements

            \(all.count) elements: \(registered.count) of IANA and \(others.count) of vendors. The reverse
            direction of each element of IANA is known, too. `v9 types` are numbers from 32768 on that
            NetFlow v9 uses without an enterprise.
            """
        return text + "\n\n" + heading(["names", "enterprise", "elements"])
            + rows.map { "\n" + $0 }.joined()
    }

    // MARK: Markdown

    private static func table(
        _ title: String, _ columns: [String], _ rows: [String], level: String = "##"
    ) -> String {
        "\(level) \(title)\n\n" + heading(columns) + rows.map { "\n" + $0 }.joined()
    }

    private static func heading(_ columns: [String]) -> String {
        row(columns) + "\n|" + columns.map { _ in "---|" }.joined()
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }
}
