import Core

@testable import YAML

/// Files of a test, by path.
struct MemoryFiles: FileSource {
    var contents: [String: String]

    func read(_ path: String, limit: Int) throws(OperationError) -> [UInt8] {
        guard let text = contents[path] else {
            throw OperationError(
                .fileReadFailed, call: "open", target: path, reason: "no such file",
                canRetry: false)
        }
        return Array(text.utf8)
    }

    func list(_ directory: String) throws(OperationError) -> [String] {
        let prefix = directory == "." ? "" : directory.hasSuffix("/") ? directory : directory + "/"
        let names = contents.keys.filter { $0.hasPrefix(prefix) }.map {
            String($0.dropFirst(prefix.count).prefix { $0 != "/" })
        }
        return Set(names).sorted()
    }
}

/// Loads `a.yaml` holding `text`, next to other files, with a fixed environment.
func load(
    _ text: String, with others: [String: String] = [:], environment: [String: String] = [:]
) -> Configuration {
    var contents = others
    contents["a.yaml"] = text
    return Configuration.load(
        "a.yaml", files: MemoryFiles(contents: contents), environment: { environment[$0] })
}

extension Setting {
    /// The tree in one line, to compare with.
    var sketch: String {
        switch content {
        case .scalar(let text, _): text
        case .list(let items): "[" + items.map(\.sketch).joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.map { "\($0.key): \($0.value.sketch)" }.joined(separator: ", ") + "}"
        }
    }
}
