public import Core
import System

/// A configuration read from its files: sections of all of them in one tree, variables expanded.
public struct Configuration: Sendable {
    /// A map of sections.
    ///
    /// Section names and keys are in snake case; lists that several files
    /// share (`parsers`, `pipeline.inputs`, ...) are joined in the order of reading.
    public var root: Setting
    /// What is wrong with the text, in the order of the files.
    public var problems: [SettingsProblem]
    /// Every file that was read, the main one first.
    public var files: [String]
    /// Whether every file was read to its end; if not, sections may be missing from `root`.
    public var isComplete: Bool

    public init(
        root: Setting, problems: [SettingsProblem] = [], files: [String] = [],
        isComplete: Bool = true
    ) {
        self.root = root
        self.problems = problems
        self.files = files
        self.isComplete = isComplete
    }

    /// Reads a file and all it includes.
    ///
    /// Never fails: what is wrong is in `problems`, and the tree holds whatever could be read.
    ///
    /// - Parameter environment: looks up a variable; without it, the environment of this process.
    public static func load(
        _ path: String, files: any FileSource = Disk(),
        environment: (@Sendable (String) -> String?)? = nil
    ) -> Configuration {
        let lookUp = environment ?? { Process.environment($0) }
        var loader = Loader(files: files, environment: lookUp)
        return loader.load(path)
    }
}
