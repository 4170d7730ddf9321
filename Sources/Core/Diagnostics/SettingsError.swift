/// A place in a configuration file.
///
/// Lines and columns start at 1.
public struct SourceLocation: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }

    public static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// One thing wrong with a configuration: what, where, and the nearest thing that would be right.
public struct SettingsProblem: Hashable, Sendable, CustomStringConvertible {
    public var code: ErrorCode
    public var location: SourceLocation
    /// What is wrong, in one sentence without a full stop.
    public var message: String
    /// What to write instead, when it can be guessed: `did you mean 'parser'?`.
    public var hint: String?

    public init(
        _ code: ErrorCode, at location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        self.code = code
        self.location = location
        self.message = message
        self.hint = hint
    }

    public var description: String {
        "\(location): error \(code.text): \(message)" + (hint.map { " (\($0))" } ?? "")
    }
}

/// Everything found wrong in one go.
public struct SettingsError: Error, Sendable {
    public var problems: [SettingsProblem]

    public init(_ problems: [SettingsProblem]) { self.problems = problems }

    public init(
        _ code: ErrorCode, at location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        problems = [SettingsProblem(code, at: location, message, hint: hint)]
    }
}

/// Finds the nearest of the names that would have been valid.
public enum Suggestion {
    /// `did you mean 'x'?` when a candidate is near enough to be a typing slip.
    public static func hint(for name: String, among candidates: some Sequence<String>) -> String? {
        nearest(to: name, among: candidates).map { "did you mean '\($0)'?" }
    }

    /// The candidate with the fewest edits, at most a third of the name's length, else `nil`.
    public static func nearest(
        to name: String, among candidates: some Sequence<String>
    ) -> String? {
        let wanted = Array(name.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = editDistance(wanted, Array(candidate.lowercased().utf8))
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        guard let best, best.distance <= Swift.max(2, wanted.count / 3),
            best.distance < wanted.count
        else { return nil }
        return best.name
    }

    /// Optimal string alignment distance: insertions, deletions, substitutions, swaps.
    static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                var distance = Swift.min(
                    previous[column + 1] + 1, current[column] + 1,
                    previous[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    distance = Swift.min(distance, beforePrevious[column - 1] + 1)
                }
                current.append(distance)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
