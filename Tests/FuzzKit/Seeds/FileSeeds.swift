import Codec
import Core
import Journals
import Parsers
import System
import TestKit

/// Files: captures, journals, configurations.
enum FileSeeds {
    static func captures() -> SeedCorpus {
        var corpus = SeedCorpus()
        for path in SeedCorpus.files(below: "conf/samples", "")
        where path.contains(".pcap") || path.hasSuffix(".bin") || path.hasSuffix(".gz") {
            let bytes = SeedCorpus.file(path)
            // A few packets say as much as many.
            corpus.seeds.append([[UInt8](bytes.prefix(3000))])
            if bytes.count < 3000 { continue }
            corpus.seeds.append([[UInt8](bytes.prefix(600))])
            if path.hasSuffix(".pcap") { corpus.seeds.append([zstd([UInt8](bytes.prefix(600)))]) }
        }
        corpus.dictionary = [
            [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4], [0x4d, 0x3c, 0xb2, 0xa1],
            [0x28, 0xb5, 0x2f, 0xfd], [0x0a, 0x0d, 0x0d, 0x0a], [6, 0, 0, 0], [1, 0, 0, 0],
            [5, 0, 0, 0], [0x1f, 0x8b, 8],
            [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0], [0x81, 0, 0, 1],
            [0x45, 0], [0x60, 0, 0, 0], [0x20, 0], [0x3f, 0xff], [113, 0], [101, 0], [20, 1], [17],
        ]
        return corpus
    }

    private static func zstd(_ bytes: [UInt8]) -> [UInt8] {
        do throws(OperationError) {
            var encoder = try ZstdEncoder()
            var output = ByteBuffer()
            try bytes.withBytes { span throws(OperationError) in
                try encoder.append(span, to: &output)
            }
            try encoder.finish(to: &output)
            return output.bytes.makeArray()
        } catch {
            fatalError("\(error)")
        }
    }

    static func configurations() -> SeedCorpus {
        var corpus = SeedCorpus()
        let files =
            SeedCorpus.files(below: "conf", ".yaml") + SeedCorpus.files(below: "plugins", ".yaml")
        corpus.seeds = files.map { [SeedCorpus.file($0)] }
        corpus.seeds += SeedCorpus.words([
            "env:\n  A: 1\nincludes: [a.yaml, '*.yaml']\nservice: {flush: ${A}}\n",
            "a: &x [1, 2]\nb: *x\nc: !!str 3\nd: |\n  text\ne: >-\n  folded\n? complex\n: value\n",
            "pipeline:\n  inputs:\n    - name: dummy\n      tag: '${F}${G:-x}'\n",
        ]).map { [$0] }
        corpus.dictionary = SeedCorpus.words([
            ": ", "- ", "\n", "\n  ", "\n- ", "&a ", "*a", "!!str ", "|", ">-", "{", "}", "[", "]",
            "${", "}", "${F}", "${A:-", "env:", "includes:", "pipeline:", "service:", "parsers:",
            "'", "\"", "\\x00", "\\", "#", "---\n", "...\n", "<<: *a", "? ", "\t", "%YAML 1.1\n",
            "parsers_file: a.yaml", "[a, b, c]", "\u{feff}", "\u{1f98a}",
        ])
        corpus.dictionary.append([0xff])
        return corpus
    }

    /// The name of the first segment of a journal.
    static let segmentName = "00000000000000000001.segment"

    static func segments() -> SeedCorpus {
        var corpus = SeedCorpus()
        corpus.seeds = [[segment()]]
        corpus.dictionary = [
            [0x43, 0x46, 0x52, 0x4d], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0x40, 0, 0, 0],
            [0x43], [0, 0, 0, 1],
        ]
        return corpus
    }

    static func frames() -> SeedCorpus {
        var corpus = segments()
        corpus.seeds = []
        let bytes = segment()
        var offset = 40
        while offset + 40 <= bytes.count {
            let length = bytes.withBytes { 40 + Int($0.uint32(at: offset + 16)) }
            corpus.seeds.append([[UInt8](bytes[offset..<offset + length])])
            offset += length
        }
        return corpus
    }

    /// A journal of flows and logs, a frame for each few records.
    private static func segment() -> [UInt8] {
        do {
            let directory = try TemporaryDirectory()
            let settings = JournalSettings(storage: .filesystem(directory: directory.path))
            let journal = try Journal(name: "seed", settings: settings, log: .silent)
            for batch in 0..<12 { try journal.append(records(batch)) }
            journal.close()
            return try FileSystem.readFile(directory.file(segmentName))
        } catch {
            fatalError("\(error)")
        }
    }

    private static func records(_ number: Int) -> RecordBatch {
        var batch = RecordBatch(tag: "tag\(number)")
        batch.received = Timestamp(seconds: 1_700_000_000)
        batch.progress = [SourceProgress(source: [1, 2], place: [UInt8(number)])]
        let source = PayloadSource(
            peer: Endpoint(address: IPAddress(v4: 0xc000_0201), port: 514), transport: .udp,
            received: batch.received)
        let (corpus, parser): (SeedCorpus, any LineParser) =
            number % 2 == 0
            ? (LogSeeds.syslog(), SyslogParser()) : (LogSeeds.json(), JSONParser())
        for index in 0..<2 {
            let line = corpus.seeds[(number + index) % corpus.seeds.count][0]
            _ = line.withBytes { parser.parse($0, from: source, into: &batch) }
        }
        if number % 3 == 0 { addFlows(number, to: &batch) }
        return batch
    }

    private static func addFlows(_ number: Int, to batch: inout RecordBatch) {
        let seeds = FlowSeeds.netflow().seeds
        FlowSubject().decode(Array(seeds[number % seeds.count].prefix(2)), into: &batch)
    }
}
