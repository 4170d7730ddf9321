import Core
import TestKit
import Testing

@testable import InTail

@Suite struct FilePlaceTests {
    private static var place: FilePlace {
        var place = FilePlace()
        place.offset = 1 << 40
        place.isInsideLongLine = true
        place.fingerprint = Array("head".utf8).withBytes { Fingerprint(of: $0) }
        place.path = "/var/log/é.log"
        return place
    }

    private static var placeWithLanes: FilePlace {
        var place = Self.place
        place.lanes = [1 << 40, 5, 1 << 41, 0]
        return place
    }

    @Test func comesBackFromItsBytes() {
        #expect(FilePlace(Self.place.bytes) == Self.place)
        var complete = FilePlace()
        complete.isComplete = true
        #expect(FilePlace(complete.bytes) == complete)
        #expect(FilePlace(Self.placeWithLanes.bytes) == Self.placeWithLanes)
    }

    @Test func refusesDamage() {
        for place in [Self.place, Self.placeWithLanes] {
            for damaged in Damage.truncations(of: place.bytes) {
                #expect(FilePlace(damaged) == nil)
            }
        }
        for damaged in Damage.flips(of: Self.place.bytes, count: 200) { _ = FilePlace(damaged) }
        #expect(FilePlace([2] + Self.place.bytes.dropFirst()) == nil)
    }

    @Test func sourcesComeBackFromTheirBytes() {
        for name in [
            SourceName.file(FileIdentity(device: 1, inode: .max)), .pattern("/a/*.log"),
        ] {
            #expect(SourceName(name.bytes) == name)
        }
        #expect(SourceName([]) == nil)
        #expect(SourceName([0x46, 1]) == nil)
    }

    @Test(arguments: [
        ("", "", true), ("", "abc", true), ("abc", "abc", true), ("abc", "abcd", true),
        ("abc", "ab", false), ("abc", "xbc", false),
    ])
    func fingerprintsFitLongerHeads(known: String, head: String, expected: Bool) {
        let fingerprint = Array(known.utf8).withBytes { Fingerprint(of: $0) }
        #expect(Array(head.utf8).withBytes { fingerprint.fits($0) } == expected)
    }
}
