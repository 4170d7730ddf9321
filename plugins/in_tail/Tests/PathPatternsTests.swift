import Foundation
import System
import TestKit
import Testing

@testable import InTail

@Suite struct PathPatternsTests {
    @Test func knowsWhereNewFilesCanAppear() throws {
        let home = try TemporaryDirectory()
        try FileSystem.makeDirectories(home.file("one/logs"))
        try FileSystem.makeDirectories(home.file("two"))
        func directories(_ pattern: String) -> [String] {
            PathPatterns(included: [home.file(pattern)]).directories().map {
                String($0.dropFirst(home.path.count))
            }
        }
        #expect(directories("a.log") == [""])
        #expect(directories("*/a.log") == ["/one", "/two", ""])
        #expect(directories("*/logs/*.log") == ["/one/logs", "/one", "/two", ""])
        // Of what is still to come, the nearest that is there.
        #expect(directories("three/deep/*.log") == [""])
    }

    @Test(arguments: [
        ("a.log", true), ("sub", true), ("logs", true), ("a.txt", false),
    ])
    func knowsWhichNamesConcernIt(name: String, expected: Bool) {
        let patterns = PathPatterns(included: ["/logs/sub/*.log"])
        #expect(patterns.mayConcern(name: name) == expected)
    }
}
