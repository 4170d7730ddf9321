import TestKit

/// Makes inputs from the parts of seeds: the same ones for the same random numbers.
///
/// It knows nothing of what the code does with an input; libFuzzer, which does, runs the same
/// subjects in builds made for it.
struct Mutator {
    private let corpus: SeedCorpus
    private let layout: InputLayout
    private let limit: Int
    private var random: SeededRandom
    private var part: [UInt8] = []
    private var spare: [UInt8] = []
    /// The input made last.
    private(set) var input: [UInt8] = []

    /// - Parameter limit: longest input, in bytes.
    init(_ corpus: SeedCorpus, layout: InputLayout, limit: Int = 1 << 16, seed: UInt64) {
        self.corpus = corpus
        self.layout = layout
        self.limit = limit
        random = SeededRandom(seed: seed)
    }

    /// Makes the next input.
    mutating func makeInput() {
        input.removeAll(keepingCapacity: true)
        let seed = corpus.seeds[below(corpus.seeds.count)]
        switch layout {
        case .plain:
            append(damaged: seed[below(seed.count)])
        case .choice:
            input.append(byte())
            append(damaged: seed[below(seed.count)])
        case .datagrams:
            // Templates stand in front, so a sequence mostly begins there.
            let start = below(2) == 0 ? 0 : below(seed.count)
            let exporter = byte()
            for index in start..<min(start + 3, seed.count) {
                appendDatagram(seed[index], exporter: exporter)
            }
            if below(8) == 0 {
                let other = corpus.seeds[below(corpus.seeds.count)]
                appendDatagram(other[below(other.count)], exporter: exporter)
            }
        }
        if input.count > limit { input.removeLast(input.count - limit) }
    }

    private mutating func appendDatagram(_ bytes: [UInt8], exporter: UInt8) {
        // Another exporter, or some time in between, now and then.
        input.append(below(8) == 0 ? byte() : exporter & 3)
        let place = input.count
        input.append(0)
        input.append(0)
        append(damaged: bytes)
        let length = min(input.count - place - 2, 0xffff)
        input[place] = UInt8(length >> 8)
        input[place + 1] = UInt8(length & 255)
    }

    /// Appends `bytes` with none to four kinds of damage.
    private mutating func append(damaged bytes: [UInt8]) {
        part.removeAll(keepingCapacity: true)
        part.append(contentsOf: bytes)
        for _ in 0..<below(5) where part.count < limit { damage() }
        input.append(contentsOf: part)
    }

    /// Numbers where comparisons go wrong.
    private static let edges: [UInt32] = [
        0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 254, 255, 256, 257, 1023, 4095,
        32_767, 32_768, 65_534, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
    ]

    private mutating func damage() {
        guard !part.isEmpty else { return part.append(byte()) }
        let at = below(part.count)
        switch below(14) {
        case 0: part[at] ^= 1 << UInt8(below(8))
        case 1: part[at] = byte()
        case 2: store(Self.edges[below(Self.edges.count)], bytes: 1, at: at)
        case 3, 4: store(Self.edges[below(Self.edges.count)], bytes: 2, at: at & ~1)
        case 5: store(Self.edges[below(Self.edges.count)], bytes: 4, at: at & ~3)
        case 6: shiftNumber(at: at & ~1)
        case 7: part.removeLast(part.count - at)
        case 8: part.removeSubrange(at..<min(part.count, at + 1 + below(16)))
        case 9: repeatChunk(at: at)
        case 10: insertRandom(at: at)
        case 11: splice(at: at)
        case 12: insertWord(at: at)
        default: overwriteWord(at: at)
        }
    }

    private mutating func store(_ number: UInt32, bytes: Int, at start: Int) {
        for index in 0..<bytes where start + index < part.count {
            part[start + index] = UInt8(
                truncatingIfNeeded: number >> UInt32((bytes - 1 - index) * 8))
        }
    }

    /// Makes a number of 16 bits a little larger or smaller, as lengths get wrong.
    private mutating func shiftNumber(at start: Int) {
        guard start + 1 < part.count else { return }
        let number = UInt16(part[start]) << 8 | UInt16(part[start + 1])
        store(UInt32(number &+ UInt16(below(9)) &- 4), bytes: 2, at: start)
    }

    private mutating func repeatChunk(at start: Int) {
        spare.removeAll(keepingCapacity: true)
        spare.append(contentsOf: part[start..<min(part.count, start + 1 + below(24))])
        let times = below(16) == 0 ? below(64) : 1 + below(3)
        for _ in 0..<times { part.insert(contentsOf: spare, at: start) }
    }

    private mutating func insertRandom(at start: Int) {
        spare.removeAll(keepingCapacity: true)
        for _ in 0...below(8) { spare.append(byte()) }
        part.insert(contentsOf: spare, at: start)
    }

    /// Goes on with the end of another part.
    private mutating func splice(at start: Int) {
        let seed = corpus.seeds[below(corpus.seeds.count)]
        let other = seed[below(seed.count)]
        part.removeLast(part.count - start)
        part.append(contentsOf: other[below(other.count + 1)...])
    }

    private mutating func insertWord(at start: Int) {
        guard !corpus.dictionary.isEmpty else { return insertRandom(at: start) }
        part.insert(contentsOf: corpus.dictionary[below(corpus.dictionary.count)], at: start)
    }

    private mutating func overwriteWord(at start: Int) {
        guard !corpus.dictionary.isEmpty else { return insertRandom(at: start) }
        let word = corpus.dictionary[below(corpus.dictionary.count)]
        for (index, byte) in word.enumerated() where start + index < part.count {
            part[start + index] = byte
        }
    }

    private mutating func below(_ bound: Int) -> Int {
        // Multiplying takes the high half; the bias of small bounds does not matter here.
        Int(truncatingIfNeeded: random.next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    private mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: random.next() >> 32) }
}
