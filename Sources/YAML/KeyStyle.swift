import Core

/// Spellings of keys that mean the same.
enum KeyStyle {
    /// `memBufLimit` becomes `mem_buf_limit`, as in Fluent Bit; keys with `_` stay as they are.
    static func snakeCase(_ key: String) -> String {
        guard !key.contains("_") else { return key }
        var result = ""
        var previousIsLower = false
        for character in key {
            if character.isUppercase, previousIsLower {
                result += "_"
                result += character.lowercased()
            } else {
                result.append(character)
            }
            previousIsLower = character.isLowercase || character.isNumber
        }
        return result
    }

    /// All keys of a tree in snake case.
    static func snakeCase(_ setting: Setting) -> Setting {
        switch setting.content {
        case .scalar: return setting
        case .list(let items):
            return Setting(.list(items.map(snakeCase)), at: setting.location)
        case .map(let entries):
            let renamed = entries.map { entry in
                Setting.Entry(
                    key: snakeCase(entry.key), keyLocation: entry.keyLocation,
                    value: snakeCase(entry.value))
            }
            return Setting(.map(renamed), at: setting.location)
        }
    }
}
