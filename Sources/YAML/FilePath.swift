import Core
import System

/// Paths as `includes` writes them.
enum FilePath {
    /// `path` as seen from the folder of the file that names it.
    static func resolve(_ path: String, from file: String) -> String {
        if path.hasPrefix("/") { return path }
        let folder = FileSystem.directory(of: file)
        return folder == "." && !file.hasPrefix("./") ? path : "\(folder)/\(path)"
    }

    /// The path without `.`, `..` and doubled slashes, to tell whether two paths are one file.
    static func normal(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// The files that fit a path with `*` in it, sorted; `*` does not cross a `/`.
    static func expand(_ pattern: String, in files: some FileSource) -> [String] {
        var found = [pattern.hasPrefix("/") ? "/" : ""]
        for part in pattern.split(separator: "/") {
            guard part.contains("*") else {
                found = found.map { $0 + part + "/" }
                continue
            }
            let wildcard = Wildcard(String(part))
            found = found.flatMap { folder -> [String] in
                // A folder that cannot be read holds no match.
                let names = (try? files.list(folder.isEmpty ? "." : folder)) ?? []
                // Hidden files only when asked for, as shells do.
                return names.filter {
                    wildcard.matches($0) && ($0.hasPrefix(".") == part.hasPrefix("."))
                }.map { folder + $0 + "/" }
            }
        }
        return found.map { String($0.dropLast()) }.sorted()
    }
}
