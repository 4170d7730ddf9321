/// A field's name as an option gives it: any case, and a `*` at the end for any rest.
struct KeyName {
    private let name: String
    private let isPrefix: Bool

    init(_ text: String) {
        isPrefix = text.hasSuffix("*")
        name = (isPrefix ? String(text.dropLast()) : text).lowercased()
    }

    func matches(_ field: String) -> Bool {
        let field = field.lowercased()
        return isPrefix ? field.hasPrefix(name) : field == name
    }
}
