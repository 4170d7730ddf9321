import Core

/// Joins the sections that several files, or one file several times, may give.
enum SectionJoin {
    /// - Returns: the sections in the order of first appearance. Lists of the same section are
    ///   joined, and so are the lists inside `pipeline`; a section that cannot be joined stays
    ///   as first given, and a problem is appended.
    static func join(
        _ sections: [Setting.Entry], problems: inout [SettingsProblem]
    ) -> [Setting.Entry] {
        var joined: [Setting.Entry] = []
        add(sections, to: &joined, problems: &problems)
        return joined
    }

    private static func add(
        _ sections: [Setting.Entry], to joined: inout [Setting.Entry],
        problems: inout [SettingsProblem]
    ) {
        var places: [String: Int] = [:]
        for (index, entry) in joined.enumerated() { places[entry.key.lowercased()] = index }
        for section in sections {
            let key = section.key.lowercased()
            guard let known = places[key] else {
                places[key] = joined.count
                joined.append(section)
                continue
            }
            add(section, to: &joined[known], problems: &problems)
        }
    }

    private static func add(
        _ section: Setting.Entry, to first: inout Setting.Entry, problems: inout [SettingsProblem]
    ) {
        switch (first.value.content, section.value.content) {
        case (.scalar("", _), _):
            first = section
        case (_, .scalar("", _)):
            break
        case (.list(var items), .list(let more)):
            // Without the setting's own reference the list grows in place.
            first.value.content = .list([])
            items += more
            first.value.content = .list(items)
        case (.map(var entries), .map(let more)) where first.key == "pipeline":
            first.value.content = .map([])
            add(more, to: &entries, problems: &problems)
            first.value.content = .map(entries)
        default:
            problems.append(
                SettingsProblem(
                    .repeatedKey, at: section.keyLocation,
                    "'\(section.key)' may be given once, and is already at "
                        + "\(first.keyLocation)"))
        }
    }
}
