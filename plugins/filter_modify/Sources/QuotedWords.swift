/// Splits option values at blanks, where quotes keep words with blanks together.
enum QuotedWords {
    /// - Parameter limit: the last word takes the rest of the text.
    /// - Returns: at most `limit` words, without their quotes.
    static func split(_ text: String, atMost limit: Int) -> [String] {
        var words: [String] = []
        var rest = text[...]
        while words.count < limit {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { break }
            if let (word, after) = quoted(rest), after.isEmpty || words.count + 1 < limit {
                words.append(word)
                rest = after
            } else if words.count + 1 == limit {
                words.append(String(rest))
            } else {
                let word = rest.prefix { $0 != " " }
                words.append(String(word))
                rest = rest.dropFirst(word.count)
            }
        }
        return words
    }

    /// A word in quotes at the start of `text` that a blank or the end follows.
    ///
    /// A backslash takes the meaning from a quote or a backslash.
    private static func quoted(_ text: Substring) -> (word: String, rest: Substring)? {
        guard let quote = text.first, quote == "\"" || quote == "'" else { return nil }
        var word = ""
        var index = text.index(after: text.startIndex)
        while index < text.endIndex {
            var character = text[index]
            let next = text.index(after: index)
            if character == quote {
                let rest = text[next...]
                return rest.isEmpty || rest.first == " " ? (word, rest) : nil
            }
            index = next
            if character == "\\", index < text.endIndex, text[index] == quote || text[index] == "\\"
            {
                character = text[index]
                index = text.index(after: index)
            }
            word.append(character)
        }
        return nil
    }
}
