import Testing

@testable import Parsers

@Suite struct ByteSetTests {
    @Test func holdsWhatItsNameSays() {
        let letters = Array(UInt8(ascii: "a")...UInt8(ascii: "z"))
        let capitals = Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        let digits = Array(UInt8(ascii: "0")...UInt8(ascii: "9"))
        let hostname = Set(letters + capitals + digits + Array(".-_/@".utf8) + Array(0x80...0xff))
        let tagEnd = Set(Array(0...0x20) + Array("\"'(:<=>[{|}".utf8) + [0x7f])
        let nameEnd = Set(Array(0...0x20) + Array("\"=]".utf8) + [0x7f])
        let topicList = Set(letters + digits + Array("-,".utf8))
        let key = Set(letters + capitals + digits + Array(".-_".utf8))
        for byte in UInt8.min...UInt8.max {
            #expect(ByteSet.hostname.contains(byte) == hostname.contains(byte), "\(byte)")
            #expect(ByteSet.structuredNameEnd.contains(byte) == nameEnd.contains(byte), "\(byte)")
            #expect(ByteSet.topicList.contains(byte) == topicList.contains(byte), "\(byte)")
            #expect(ByteSet.key.contains(byte) == key.contains(byte), "\(byte)")
            #expect(ByteSet.tagEnd.contains(byte) == tagEnd.contains(byte), "\(byte)")
        }
    }
}
