import Core
import Testing

@Suite struct TextTableTests {
    @Test func alignsAndLeavesOutEmptyColumns() {
        var table = TextTable(["A", "B", .init("N", .right), "what"])
        table.add(["x", "", "7", "first"])
        table.add(["long", "", 1_234_567.grouped, "y"])
        #expect(
            table.text() == """
                A             N  what
                x             7  first
                long  1,234,567  y

                """)
    }

    @Test func cutsLongLines() {
        var table = TextTable(["A", .init("N", .right)])
        table.add(["x", "7"])
        table.add(["long", "1234"])
        #expect(table.text(width: 6) == "A    …\nx    …\nlong …\n")
    }

    @Test func wrapsTheLastColumn() {
        var table = TextTable(["KEY", "HELP"])
        table.add(["k", "one two three four five six seven"])
        #expect(
            table.text(width: 30, .wrapLastColumn)
                == "KEY  HELP\nk    one two three four five\n     six seven\n")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-12_345, "-12,345"),
    ])
    func groupsDigits(number: Int, text: String) {
        #expect(number.grouped == text)
    }
}
