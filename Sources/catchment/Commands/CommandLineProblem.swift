import Core

/// A command line that says nothing sensible; the process ends with status 2.
struct CommandLineProblem: Error, Equatable {
    var code: ErrorCode
    /// What is wrong, in one sentence without a full stop.
    var message: String
    /// What to write instead, when it can be guessed.
    var hint: String?

    init(_ code: ErrorCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}
