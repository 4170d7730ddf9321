import Core
import TestKit
import Testing

@Suite struct NestedTests {
    /// The tree of `{"a": {"b": [1, "two", true, null]}, "c": -3}`.
    private func sample() -> [UInt8] {
        var writer = NestedWriter()
        writer.beginMap()
        writer.key("a")
        writer.beginMap()
        writer.key("b")
        writer.beginArray()
        writer.unsigned(1)
        writer.text("two")
        writer.boolean(true)
        writer.null()
        writer.end()
        writer.end()
        writer.key("c")
        writer.signed(-3)
        writer.end()
        return (0..<writer.bytes.byteCount).map { writer.bytes.byte(at: $0) }
    }

    @Test func findsValuesByKeyAndIndex() {
        sample().withBytes { span in
            let tree = Nested(span)
            var found: [String] = []
            if let list = tree.value(forKey: "a")?.value(forKey: "b") {
                for index in 0..<5 {
                    guard let element = list.element(at: index) else {
                        found.append("none")
                        continue
                    }
                    found.append(SampleShapes.text(element.value) ?? "null")
                }
            }
            if let number = tree.value(forKey: "c") {
                found.append(SampleShapes.text(number.value) ?? "null")
            }
            #expect(found == ["1", "two", "true", "null", "none", "-3"])
            let hasOther = tree.value(forKey: "d") != nil
            #expect(!hasOther)
        }
    }

    @Test func survivesDamage() {
        let bytes = sample()
        let damaged = Array(Damage.truncations(of: bytes)) + Damage.flips(of: bytes, count: 1_000)
        for bytes in damaged { bytes.withBytes { walk(Nested($0), depth: 0) } }
    }

    private func walk(_ tree: Nested, depth: Int) {
        guard depth < 20 else { return }
        tree.forEach { key, value in
            _ = key.makeString()
            if case .nested(let inner) = value.value { walk(inner, depth: depth + 1) }
            return true
        }
    }
}

@Suite struct FieldPathTests {
    @Test(arguments: [
        ("key", "key", []),
        ("a.b", "a.b", []),
        ("$key", "key", []),
        ("$a['b']['c d']", "a", [FieldPath.Step.key("b"), .key("c d")]),
        ("$a[\"x]\"][3]", "a", [.key("x]"), .index(3)]),
    ])
    func readsRecordAccessors(_ text: String, _ name: String, _ steps: [FieldPath.Step]) throws {
        let path = try #require(FieldPath(text))
        #expect(path.name == name)
        #expect(path.steps == steps)
    }

    @Test(arguments: ["", "$", "$[0]", "$a[", "$a['b]", "$a[b]", "$a[-1]", "$a['b']x"])
    func refusesBrokenAccessors(_ text: String) {
        #expect(FieldPath(text) == nil)
    }

    @Test func findsMembersOfMapColumns() throws {
        let batch = SampleShapes.batch()
        let field = try #require(FieldPath("$ie['raw']")?.resolve(in: SampleShapes.everything))
        #expect(field.column == 21)
        var shown: [String?] = []
        batch.forEachRow { shown.append(SampleShapes.text(field.value(in: $0))) }
        #expect(shown == ["0x0", "0x0"])
    }
}
