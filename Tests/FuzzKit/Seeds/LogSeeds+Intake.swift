import Core

extension LogSeeds {
    /// What load balancers put in front (haproxy, proxy-protocol.txt §2).
    static func proxy() -> SeedCorpus {
        var corpus = SeedCorpus()
        corpus.seeds =
            SeedCorpus.words([
                "PROXY TCP4 192.0.2.7 198.51.100.1 40000 514\r\n<13>Oct 11 22:14:15 h t: m",
                "PROXY TCP6 2001:db8::7 2001:db8::2 9 514\r\n<13>m", "PROXY UNKNOWN\r\nm",
                "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n",
            ]).map { [$0] }
        let v4: [UInt8] = [192, 0, 2, 9, 198, 51, 100, 1, 0x9c, 0x40, 2, 2]
        let v6 = [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 28) + [0, 9, 2, 2]
        let unix = [UInt8](repeating: 0x2f, count: 216)
        for (command, family, block) in [
            (0x21, 0x11, v4), (0x21, 0x12, v4 + [4, 0, 3, 1, 2, 3]), (0x21, 0x21, v6),
            (0x21, 0x31, unix), (0x20, 0, []), (0x21, 0, []),
        ] as [(UInt8, UInt8, [UInt8])] {
            let head = signature + [command, family, 0, UInt8(block.count)] + block
            corpus.seeds += [[head], [head + Array("<13>Oct 11 22:14:15 h t: m".utf8)]]
        }
        corpus.dictionary =
            SeedCorpus.words([
                "PROXY ", "TCP4 ", "TCP6 ", "UNKNOWN", "\r\n", " ", "65535", "0", "192.0.2.7",
                "::1",
                "<13>", "\n", "\r",
            ]) + [
                signature, signature + [0x21, 0x11, 0, 12], [0x21], [0x20], [0x11], [0, 12], v4,
            ]
        corpus.shapes = [
            RepeatedShape(head: "PROXY ", piece: "a"),
            RepeatedShape(head: "PROXY TCP4 ", piece: " "),
        ]
        return corpus
    }

    private static let signature: [UInt8] = Array("\r\n\r\n\0\r\nQUIT\n".utf8)

    /// Messages of both inputs, with headers in front of some, in several character sets.
    static func intake() -> SeedCorpus {
        var corpus = syslog()
        corpus.seeds += routeros().seeds.prefix(40) + proxy().seeds
        let head = [UInt8]("<13>Oct 11 22:14:15 192.0.2.50 t: ".utf8)
        corpus.seeds += [
            [head + [0x47, 0x72, 0xfc, 0xdf, 0x65]], [head + [0xc4, 0xe3, 0xba, 0xc3, 0x81, 0x30]],
            [head + [0x1b, 0x24, 0x42, 0x34, 0x41, 0x1b, 0x28, 0x42]],
            [head + [0xff, 0xfe, 0x61, 0, 0x3d, 0xd8, 0x8a, 0xdd]],
            [[UInt8]("<14>1 - 192.0.2.51 a - - [origin ip=\"192.0.2.52\"] x".utf8)],
            [head + [UInt8]("\u{e9}\u{20ac}\u{1f98a}".utf8)],
        ]
        corpus.dictionary +=
            proxy().dictionary + [
                [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0xa6], [0x1b, 0x24, 0x42], [0xff, 0xfe], [0x80],
                [0x81, 0x30, 0x81, 0x30], [0xed, 0xa0, 0x80], [0xc0, 0x80],
                [0xf4, 0x90, 0x80, 0x80],
                [UInt8]("[origin ip=\"192.0.2.52\"]".utf8), [UInt8](repeating: 0x78, count: 380),
            ]
        corpus.shapes = [
            RepeatedShape(control: 1, head: "<13>", piece: "\u{e9}"),
            RepeatedShape(control: 0, head: "<14>1 - - - - - [origin ip=\"", piece: "1"),
        ]
        return corpus
    }
}
