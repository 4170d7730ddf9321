import Core

/// A command line that cannot be understood.
struct UsageError: Error, Equatable, CustomStringConvertible {
    var code: ErrorCode
    var message: String
    var hint: String?

    init(_ code: ErrorCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    var description: String {
        "catchment: error \(code.text): \(message)" + (hint.map { " (\($0))" } ?? "")
    }
}
