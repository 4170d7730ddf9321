import TestKit
import Testing

@testable import ObjectStore

@Suite struct XMLElementTests {
    private static let sample = Array(
        """
         \n<?xml version="1.0" encoding="UTF-8"?>
        <!-- a word --><R xmlns="http://s3.amazonaws.com/doc/2006-03-01/" a='>'>
          <Upload><Key>a&amp;b&#x20;&lt;&#9731;</Key><Empty/><Id >1</Id ></Upload>
          <Upload><Key>c</Key></Upload>
        </R>\n
        """.utf8)

    @Test func readsElementsAndEntities() throws {
        let root = try #require(XMLElement(Self.sample))
        #expect(root.name == "R")
        #expect(root.all("Upload").map { $0["Key"] } == ["a&b <☃", "c"])
        #expect(root.all("Upload")[0]["Id"] == "1")
        #expect(root.all("Upload")[0]["Empty"] == "")
        #expect(root["Nothing"] == nil)
    }

    @Test(
        arguments: [
            "", "text", "<a>", "<a></b>", "<a></a><b/>", "<a>&unknown;</a>", "<a>&amp</a>",
            "<a b></a>", "<a b=c></a>", "<!DOCTYPE a><a/>", "<a><![CDATA[x]]></a>", "<a/>x",
            "<html><br></html>", "<a>&\u{330}</a>", "<a>&amp</a>;",
        ])
    func refusesWhatIsNotWellFormed(text: String) {
        #expect(XMLElement(Array(text.utf8)) == nil)
    }

    @Test func readsEntitiesBeforeCombiningCharacters() {
        #expect(
            XMLElement(Array("<a>x&amp;\u{330}y&lt;\u{301}</a>".utf8))?.text == "x&\u{330}y<\u{301}"
        )
    }

    @Test func refusesDeepNesting() {
        let text = String(repeating: "<a>", count: 1000) + String(repeating: "</a>", count: 1000)
        #expect(XMLElement(Array(text.utf8)) == nil)
    }

    /// Whatever comes, it ends, and a part of a document is none.
    @Test func endsOnDamage() {
        let end = Self.sample.lastIndex(of: UInt8(ascii: ">")) ?? 0
        for count in 0..<end { #expect(XMLElement(Array(Self.sample[..<count])) == nil) }
        var random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            var bytes = Self.sample
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            _ = XMLElement(bytes)
        }
    }
}
