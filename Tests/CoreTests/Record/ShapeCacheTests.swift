import Core
import Testing

@Suite struct ShapeCacheTests {
    private func shapes(_ count: Int) -> [Shape] {
        (0..<count).map {
            .known(
                columns: [Column("n\($0)", .unsigned, .row(offset: 0, length: 8))], rowLength: 8,
                hasVariablePart: false, constantsLength: 0)
        }
    }

    /// Whatever the order and the number of shapes, each has the value that was made for it.
    @Test(arguments: [1, 2, 17, 300])
    func givesEachShapeItsOwnValue(count: Int) {
        let shapes = shapes(count)
        var cache = ShapeCache<String>(limit: 100)
        var made = 0
        for round in 0..<3 {
            for step in 0..<count {
                let shape = shapes[(step * 7 + round) % count]
                let value = cache.value(for: shape) { shape in
                    made += 1
                    return shape.columns[0].name
                }
                #expect(value == shape.columns[0].name)
            }
        }
        // Above its limit it forgets and makes anew.
        if count <= 100 { #expect(made == count) } else { #expect(made > count) }
    }

    /// Shapes that are equal share a value, also where the objects are others.
    @Test func knowsEqualShapes() {
        var cache = ShapeCache<Int>()
        var made = 0
        for _ in 0..<5 {
            let value = cache.value(for: shapes(1)[0]) { _ in
                made += 1
                return made
            }
            #expect(value == 1)
        }
    }
}
