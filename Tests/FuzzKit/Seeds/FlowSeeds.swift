import Core
import TestKit

/// Datagrams of exporters, recorded and made up.
enum FlowSeeds {
    static func netflow() -> SeedCorpus {
        var corpus = SeedCorpus()
        corpus.seeds = fixtures { !$0.contains("/sflow-") }
        for name in ["netflow", "ipfix"] {
            for path in SeedCorpus.files(below: "conf/samples", "")
            where path.hasPrefix("conf/samples/\(name)-") && path.contains(".pcap") {
                corpus.seeds.append(Array(SeedCorpus.datagrams(path).prefix(4)))
            }
        }
        // Small ones are quick to run, so they outnumber what was recorded.
        var random = SeededRandom(seed: 1)
        for _ in 0..<600 { corpus.seeds.append(FlowMaker.sequence(&random)) }
        corpus.dictionary = [
            [0, 0], [0, 1], [0, 2], [0, 3], [0, 4], [0, 5], [0, 7], [0, 8], [0, 9], [0, 10],
            [1, 0],
            [0xff, 0xff], [0, 0xff], [0xff, 0, 1], [0x80, 1, 0, 4, 0, 0, 0x72, 0x79],
            [1, 0x23, 0xff, 0xff], [1, 0x24, 0xff, 0xff], [1, 0x25, 0xff, 0xff], [0, 34, 0, 4],
            [0, 48, 0, 1], [0, 160, 0, 8], [0, 0, 0, 8, 1, 0, 0, 0], [0, 2, 0, 8, 1, 0, 0, 0],
            [1, 0, 0, 5, 0], [1, 0, 0, 4],
        ]
        return corpus
    }

    static func sflow() -> SeedCorpus {
        var corpus = SeedCorpus()
        corpus.seeds = fixtures { $0.contains("/sflow-") }
        for path in SeedCorpus.files(below: "conf/samples", ".pcap")
        where path.hasPrefix("conf/samples/sflow-") {
            corpus.seeds.append(SeedCorpus.datagrams(path))
        }
        var random = SeededRandom(seed: 2)
        for _ in 0..<300 { corpus.seeds.append(SFlowMaker.sequence(&random)) }
        corpus.dictionary = [
            [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 2], [0, 0, 0, 3], [0, 0, 0, 4], [0, 0, 0, 5],
            [0, 0, 3, 0xe9], [0, 0, 3, 0xea], [0, 0, 3, 0xeb], [0, 0, 4, 5],
            [0x3f, 0xff, 0xff, 0xff],
            [0x40, 0, 0, 1], [0x80, 0, 0, 2], [0xff, 0xff, 0xff, 0xff], [0x81, 0], [0x88, 0xa8],
            [0x88, 0x47], [0x08, 0], [0x86, 0xdd], [0x45, 0], [0x60, 0], [0x12, 0xb5],
            [0, 0, 0x65, 0x58],
        ]
        return corpus
    }

    /// The folders of the decoder's tests, each a sequence.
    private static func fixtures(_ isWanted: (String) -> Bool) -> [[[UInt8]]] {
        let files = SeedCorpus.files(below: "plugins/in_netflow/Tests/fixtures", ".bin")
        var folders: [Substring: [[UInt8]]] = [:]
        for path in files where isWanted(path) {
            let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
            folders[folder, default: []].append(SeedCorpus.file(path))
        }
        return folders.sorted { $0.key < $1.key }.map(\.value)
    }
}
