import Core

/// Text that is not YAML, in libyaml's words and with its marks.
struct SyntaxError: Error {
    var problem: String
    var line: Int
    var column: Int
    /// What was being read, and where that began.
    var context: String?
    var contextLine = 0
    var contextColumn = 0
    /// Whether a tab stands at the place of the error.
    var isAtTab = false

    init(problem: String, line: Int, column: Int) {
        self.problem = problem
        self.line = line
        self.column = column
    }

    /// The error for people: libyaml's sentence, where the unfinished part began, and what to do.
    func settingsProblem(in file: String) -> SettingsProblem {
        var message = isAtTab ? "a tab cannot be used for indentation" : problem
        if let context, !isAtTab {
            message += " \(context)"
            if contextLine != line { message += " that began at line \(contextLine)" }
        }
        return SettingsProblem(
            .yamlSyntax, at: SourceLocation(file: file, line: line, column: column), message,
            hint: hint)
    }

    private var hint: String? {
        if isAtTab { return "use spaces" }
        switch problem {
        case "mapping values are not allowed in this context":
            return "check the indentation, or quote a value that contains ': '"
        case "could not find expected ':'":
            return "every key needs a ':' and a space after it"
        case "did not find expected key", "did not find expected '-' indicator":
            return "check that this line is indented like its neighbours"
        case "found unexpected end of stream":
            return "a closing quote is missing"
        case "found unknown escape character":
            return "use single quotes for text with backslashes"
        case "found character that cannot start any token":
            return "quote the value"
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            return "a closing bracket is missing"
        case "did not find expected alphabetic or numeric character":
            return "quote a value that begins with '*' or '&'"
        default:
            return nil
        }
    }
}
