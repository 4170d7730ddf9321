extension ErrorCode {
    /// The code's name in words: `flow unknown template`.
    public var words: String {
        var text = ""
        for character in String(describing: self) {
            if character.isUppercase { text += " " }
            text += character.lowercased()
        }
        return text
    }
}
