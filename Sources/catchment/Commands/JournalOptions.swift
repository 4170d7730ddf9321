import Core

/// The command line of `catchment journal`.
struct JournalOptions: Equatable {
    enum Action: String, CaseIterable {
        case ls, cat, verify, stat
    }

    enum Format: String, CaseIterable {
        case json, table
    }

    var action: Action
    /// A `storage.path`, the directory of one journal, or a segment file.
    var path: String
    /// Lists frames, not segments.
    var showsFrames = false
    var format = Format.json
    /// Numbers of the records to print.
    var records: ClosedRange<UInt64> = 0...UInt64.max
    /// Most records to print.
    var limit: Int?
    /// The tag that records must have; `*` stands for anything.
    var tag: String?
    /// When the records must have been received.
    var received = Timestamp(nanoseconds: .min)...Timestamp(nanoseconds: .max)

    static let usage = """
        Usage: catchment journal ls|cat|verify|stat [options] DIR
               catchment journal replay -c FILE [OUTPUT ...]

        Looks into the journals below a storage.path, one input's journal, or one
        segment file. Nothing is locked or changed; the agent may be running. Times are
        UTC. Records are numbered from 0 since the journal was made.

        ls       segments: records, times, damage, outputs that still need them
          --frames         every frame
        cat      the records
          --format FORMAT  json (one object per line) or table
          --from RECORD    begin with the record of this number
          --to RECORD      end with the record of this number
          --limit N        stop after N records
          --tag TAG        only records with this tag; * stands for anything
          --time-from TIME, --time-to TIME
                           only records received in this time: 2026-11-23T18:04:05Z,
                           2026-11-23T18:04 or 2026-11-23
        verify   checks every frame and cursor; what is damaged is one line each
        stat     how much there is, and how far each output has come
        replay   delivers again what outputs have refused, as FILE says now; the agent
                 must not run. What is refused again stays in the quarantine.

        Exit status: 0 all is well, 1 there is damage or something was not delivered,
        2 the command line is wrong or there is no journal.
        """

    private static let names: [Action: [String]] = [
        .ls: ["--frames"],
        .cat: ["--format", "--from", "--to", "--limit", "--tag", "--time-from", "--time-to"],
    ]

    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        action = try Self.action(rest.popFirst())
        path = ""
        var paths: [String] = []
        var areOptionsOver = false
        while let argument = rest.popFirst() {
            if areOptionsOver || !argument.hasPrefix("-") {
                paths.append(argument)
            } else if argument == "--" {
                areOptionsOver = true
            } else {
                try readOption(argument, rest: &rest)
            }
        }
        guard let path = paths.first else {
            throw UsageError(
                .missingArgument, "'journal \(action)' needs a directory",
                hint: "the storage.path of an agent, for example "
                    + "'catchment journal \(action) /var/lib/catchment/storage'")
        }
        if paths.count > 1 {
            throw UsageError(
                .unexpectedArgument,
                "'journal \(action)' takes one directory; "
                    + "'\(paths[1])' is one more")
        }
        self.path = path
    }

    private static func action(_ word: String?) throws(UsageError) -> Action {
        let names = Action.allCases.map(\.rawValue) + ["replay"]
        guard let word else {
            throw UsageError(
                .missingArgument, "'journal' needs to know what to do",
                hint: "one of: " + names.joined(separator: ", "))
        }
        if let action = Action(rawValue: word) { return action }
        let isPath = word.contains("/") || word == "."
        throw UsageError(
            .unknownCommand, "there is no command 'journal \(word)'",
            hint: isPath
                ? "what to do comes first: catchment journal ls \(word)"
                : Suggestion.hint(for: word, among: names)
                    ?? "commands are: " + names.map { "journal \($0)" }.joined(separator: ", "))
    }

    private mutating func readOption(
        _ argument: String, rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let parts = argument.split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        var value = parts.count > 1 ? String(parts[1]) : nil
        guard Self.names[action]?.contains(name) == true else { throw unknown(name) }
        if name == "--frames" {
            if value != nil { throw UsageError(.unexpectedArgument, "\(name) takes no value") }
            showsFrames = true
            return
        }
        value = value ?? rest.popFirst()
        guard let value, !value.isEmpty else {
            throw UsageError(.missingArgument, "\(name) needs a value")
        }
        try take(name, value)
    }

    private func unknown(_ name: String) -> UsageError {
        let owner = Action.allCases.first { Self.names[$0]?.contains(name) == true }
        return UsageError(
            .unknownOption, "'journal \(action)' has no option '\(name)'",
            hint: owner.map { "'journal \($0)' has it" }
                ?? Suggestion.hint(for: name, among: Self.names[action] ?? [])
                ?? "'catchment help journal' lists them")
    }

    private mutating func take(_ name: String, _ value: String) throws(UsageError) {
        switch name {
        case "--format":
            guard let format = Format(rawValue: value) else {
                throw UsageError(
                    .unexpectedArgument, "--format is json or table, not '\(value)'",
                    hint: Suggestion.hint(for: value, among: Format.allCases.map(\.rawValue)))
            }
            self.format = format
        case "--from", "--to":
            guard let number = UInt64(value) else {
                throw UsageError(
                    .unexpectedArgument, "\(name) is the number of a record, not '\(value)'",
                    hint: "'catchment journal ls' shows them")
            }
            let first = name == "--from" ? number : records.lowerBound
            let last = name == "--to" ? number : records.upperBound
            guard first <= last else { throw Self.emptyRange("--from", "--to") }
            records = first...last
        case "--limit":
            guard let number = Int(value), number >= 0 else {
                throw UsageError(
                    .unexpectedArgument, "--limit is a number of records, not '\(value)'")
            }
            limit = number
        case "--tag": tag = value
        default:
            let moment = try MomentOption.read(value, of: name)
            let first = name == "--time-from" ? moment : received.lowerBound
            let last = name == "--time-to" ? moment : received.upperBound
            guard first <= last else { throw Self.emptyRange("--time-from", "--time-to") }
            received = first...last
        }
    }

    private static func emptyRange(_ first: String, _ last: String) -> UsageError {
        UsageError(.unexpectedArgument, "\(first) is behind \(last)")
    }
}
