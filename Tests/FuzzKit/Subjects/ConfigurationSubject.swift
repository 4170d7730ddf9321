import Core
import YAML

/// A configuration that may include itself: it is read, or its problems are told.
final class ConfigurationSubject: FuzzSubject {
    func execute(_ input: RawSpan) {
        let files = EveryFile(bytes: input.makeArray())
        let made = Configuration.load("main.yaml", files: files) { name in
            name.hasPrefix("F") ? "value" : nil
        }
        precondition(made.root.entries != nil, "the root is no map")
        for problem in made.problems { precondition(!problem.message.isEmpty) }
    }
}

/// Files that all have the same content.
private struct EveryFile: YAML.FileSource {
    var bytes: [UInt8]

    func read(_ path: String, limit: Int) throws(OperationError) -> [UInt8] { bytes }

    func list(_ directory: String) throws(OperationError) -> [String] { ["a.yaml", "b.yaml"] }
}
