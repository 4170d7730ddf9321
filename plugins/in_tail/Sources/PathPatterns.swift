import System

/// Which files to read: the patterns of `path` without those of `exclude_path`.
struct PathPatterns: Sendable {
    let included: [String]
    private let excluded: [String]
    /// Every name that a path can be made of, as patterns.
    private let names: [String]

    init(included: [String], excluded: [String] = []) {
        self.included = included
        self.excluded = excluded
        var names: [String] = []
        for pattern in included {
            for name in pattern.split(separator: "/").map(String.init) where !names.contains(name) {
                names.append(name)
            }
        }
        self.names = names
    }

    /// Paths that exist now, each once, in order of the patterns.
    func expand() -> [(path: String, pattern: Int)] {
        var found: [(path: String, pattern: Int)] = []
        var known: Set<String> = []
        for (index, pattern) in included.enumerated() {
            let paths = FilePattern.hasWildcard(pattern) ? FilePattern.expand(pattern) : [pattern]
            for path in paths where !excludes(path) && known.insert(path).inserted {
                found.append((path, index))
            }
        }
        return found
    }

    /// Whether `exclude_path` names the path; there, a pattern without `/` speaks of the name.
    func excludes(_ path: String) -> Bool {
        excluded.contains { pattern in
            FilePattern.matches(pattern, path)
                || !pattern.contains("/")
                    && FilePattern.matches(pattern, FileSystem.name(of: path))
        }
    }

    /// Whether a file or directory that got this name can make a difference.
    func mayConcern(name: String) -> Bool {
        names.contains { FilePattern.matches($0, name) }
    }

    /// Existing directories in which new files or directories can appear.
    func directories() -> [String] {
        var found: [String] = []
        for pattern in included {
            var directory = FileSystem.directory(of: pattern)
            while true {
                let hasWildcard = FilePattern.hasWildcard(directory)
                let paths = hasWildcard ? FilePattern.expand(directory) : [directory]
                let existing = paths.filter {
                    !found.contains($0) && FileSystem.kind(of: $0) == .directory
                }
                found += existing
                let parent = FileSystem.directory(of: directory)
                // Above the first wildcard nothing changes, unless the directory is still to come.
                let isThere = !hasWildcard && FileSystem.kind(of: directory) == .directory
                if isThere || parent == directory { break }
                directory = parent
            }
        }
        return found
    }
}
