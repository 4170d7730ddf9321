import Core

/// How a container runtime writes the lines of programs into files.
public enum ContainerFormat: String, Sendable, CaseIterable {
    /// Docker's json-file driver: `{"log":"text\n","stream":"stdout","time":"..."}`; a text without
    /// LF at its end goes on in the next line of its stream.
    case docker
    /// The runtimes of Kubernetes: `time stdout F text`; with `P` instead of `F`, the text goes on
    /// in the next line of its stream.
    case cri
}

/// Which of a container's streams a line came from.
enum ContainerStream: Int, CaseIterable {
    case stdout, stderr
    /// Lines that do not say.
    case other

    init(_ name: RawSpan) {
        self = name.isText("stdout") ? .stdout : name.isText("stderr") ? .stderr : .other
    }
}

/// What an input's `multiline.parser` asks for: formats of containers, then rules for the lines
/// inside them, or for lines in none.
public struct MultilinePlan: Sendable {
    public var formats: [ContainerFormat]
    public var rules: [MultilineRules]

    /// - Parameter names: of formats and of rules in any order.
    /// - Returns: `nil` with the first name that is neither.
    public static func find(
        _ names: [String], in directory: (any MultilineDirectory)?
    ) -> (plan: MultilinePlan, unknown: String?) {
        var plan = MultilinePlan(formats: [], rules: [])
        for name in names {
            if let rules = directory?.multilineRules(named: name) {
                plan.rules.append(rules)
            } else if let format = ContainerFormat(rawValue: name) {
                plan.formats.append(format)
            } else {
                return (plan, name)
            }
        }
        return (plan, nil)
    }
}
