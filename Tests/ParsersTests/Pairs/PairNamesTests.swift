import Core
import Testing

@testable import Parsers

struct PairNamesTests {
    private func fields(_ names: inout PairNames, _ keys: [String]) -> [String] {
        names.begin()
        return keys.map { key in Array(key.utf8).withBytes { names.next($0).field } }
    }

    @Test(
        arguments: [
            (["a", "b"], ["a", "b"]),
            (["a", "a", "a"], ["a", "a_2", "a_3"]),
            (["a_2", "a", "a", "a"], ["a_2", "a", "a_3", "a_4"]),
            (["time", "time", "time_text"], ["time_text", "time_text_2", "time_text_3"]),
            (["", ""], ["", "_2"]),
        ] as [([String], [String])])
    func givesEveryNameOnce(keys: [String], expected: [String]) {
        var names = PairNames(FieldRules())
        for _ in 0..<3 { #expect(fields(&names, keys) == expected) }
        #expect(fields(&names, keys.reversed()).count == Set(fields(&names, keys)).count)
    }

    @Test func forgetsNamesBetweenLines() {
        var names = PairNames(FieldRules())
        for line in 0..<6000 {
            let keys = ["k\(line)", "same", "same"]
            #expect(fields(&names, keys) == ["k\(line)", "same", "same_2"])
        }
    }
}
