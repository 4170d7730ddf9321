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
        for section in sections {
            let known = joined.firstIndex { $0.key.lowercased() == section.key.lowercased() }
            guard let known else {
                joined.append(section)
                continue
            }
            let first = joined[known]
            switch (first.value.content, section.value.content) {
            case (.scalar("", _), _):
                joined[known] = section
            case (_, .scalar("", _)):
                break
            case (.list(let items), .list(let more)):
                joined[known].value.content = .list(items + more)
            case (.map(let entries), .map(let more)) where first.key == "pipeline":
                let parts = join(entries + more, problems: &problems)
                joined[known].value.content = .map(parts)
            default:
                problems.append(
                    SettingsProblem(
                        .repeatedKey, at: section.keyLocation,
                        "'\(section.key)' may be given once, and is already at "
                            + "\(first.keyLocation)"))
            }
        }
        return joined
    }
}
