import Core

/// Checks that every record has a way and every filter and output has records.
enum Routing {
    static func check(
        inputs: [InstanceReader.Route], filters: [InstanceReader.Route],
        outputs: [InstanceReader.Route], findings: inout Findings
    ) {
        let tags = inputs.map(\.tag)
        if !tags.isEmpty {
            for route in filters + outputs {
                guard let match = route.match, !tags.contains(where: match.matches) else {
                    continue
                }
                findings.report(
                    .noMatchingInput, at: route.location,
                    "\(route.kind.rawValue) '\(route.instanceName)' takes '\(match)', "
                        + "but no input has such a tag",
                    hint: hint(for: match, among: tags))
            }
        }
        // An output whose rule was wrong may have been meant for any tag.
        if outputs.isEmpty || outputs.contains(where: { $0.match == nil }) { return }
        for input in inputs {
            let isTaken = outputs.contains { $0.match?.matches(input.tag) ?? false }
            if isTaken { continue }
            findings.report(
                .noMatchingOutput, at: input.location,
                "no output takes the tag '\(input.tag)' of input '\(input.instanceName)'",
                hint: "outputs match: "
                    + outputs.compactMap { $0.match?.description }
                    .map { "'\($0)'" }.joined(separator: ", "))
        }
    }

    private static func hint(for match: TagMatch, among tags: [String]) -> String {
        Suggestion.hint(for: match.description, among: tags)
            ?? "tags are: " + tags.joined(separator: ", ")
    }
}
