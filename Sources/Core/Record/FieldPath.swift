/// A way to a value inside a record, in Fluent Bit's record accessor syntax.
///
/// `key`, `$key`, `$key['sub']['deeper']`, `$key[0]`. Without `$` the whole text is one field name.
public struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    public enum Step: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    public let name: String
    public let steps: [Step]
    /// The text it was read from.
    public let description: String

    /// - Returns: `nil` when the text starts like an accessor and does not go on like one.
    public init?(_ text: String) {
        description = text
        guard text.hasPrefix("$") else {
            guard !text.isEmpty else { return nil }
            name = text
            steps = []
            return
        }
        let rest = text.dropFirst()
        let name = rest.prefix { $0 != "[" }
        guard !name.isEmpty, let steps = FieldPath.readSteps(rest.dropFirst(name.count)) else {
            return nil
        }
        self.name = String(name)
        self.steps = steps
    }

    private static func readSteps(_ text: Substring) -> [Step]? {
        var rest = text
        var steps: [Step] = []
        while !rest.isEmpty {
            guard rest.first == "[", let close = endOfStep(rest) else { return nil }
            let inside = rest[rest.index(after: rest.startIndex)..<close]
            if let quote = inside.first, quote == "'" || quote == "\"" {
                guard inside.count >= 2, inside.last == quote else { return nil }
                steps.append(.key(String(inside.dropFirst().dropLast())))
            } else {
                guard let index = Int(inside), index >= 0 else { return nil }
                steps.append(.index(index))
            }
            rest = rest[rest.index(after: close)...]
        }
        return steps
    }

    /// The `]` that ends the step at the start of `text`, which is its `[`; one inside quotes does
    /// not.
    public static func endOfStep(_ text: Substring) -> Substring.Index? {
        var quote: Character?
        for index in text.indices.dropFirst() {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "]" {
                return index
            }
        }
        return nil
    }

    /// Finds the field in a shape; do this once per shape.
    public func resolve(in shape: Shape) -> ResolvedField? {
        if case .key(let member)? = steps.first,
            let column = shape.columns.firstIndex(where: {
                $0.name == name && $0.member == member && !$0.isHidden
            })
        {
            return ResolvedField(column: column, steps: Array(steps.dropFirst()))
        }
        return shape.column(named: name).map { ResolvedField(column: $0, steps: steps) }
    }
}

/// A field path bound to a shape.
public struct ResolvedField: Sendable {
    public let column: Int
    public let steps: [FieldPath.Step]

    /// The value in `row`, which must have the shape the path was resolved in.
    @_lifetime(copy row)
    public func value(in row: Row) -> FieldValue {
        let value = row.value(at: column)
        if steps.isEmpty { return value }
        guard case .nested(let tree) = value else { return .null }
        var current = tree
        for step in steps {
            switch step {
            case .key(let key):
                guard let next = current.value(forKey: key) else { return .null }
                current = next
            case .index(let index):
                guard let next = current.element(at: index) else { return .null }
                current = next
            }
        }
        return current.value
    }
}
