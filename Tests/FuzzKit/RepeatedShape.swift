import TestKit

/// Inputs of any length: a beginning, and a piece again and again.
struct RepeatedShape {
    /// The byte in front, in layouts that have one.
    var control: UInt8 = 0
    var head: [UInt8] = []
    var piece: [UInt8]

    init(control: UInt8 = 0, head: String = "", piece: String) {
        self.control = control
        self.head = [UInt8](head.utf8)
        self.piece = [UInt8](piece.utf8)
    }

    /// The beginning of a seed and a piece of one, or words of the dictionary.
    init(_ corpus: SeedCorpus, layout: InputLayout, _ random: inout SeededRandom) {
        func part() -> [UInt8] {
            corpus.seeds.randomElement(using: &random)?.randomElement(using: &random) ?? []
        }
        func word() -> [UInt8] { corpus.dictionary.randomElement(using: &random) ?? [0] }
        let start = part()
        let other = Bool.random(using: &random) ? start : part()
        control = UInt8.random(in: 0...255, using: &random)
        head = [UInt8](start.prefix(Int.random(in: 0...start.count, using: &random)))
        let from = Int.random(in: 0...other.count, using: &random)
        piece = [UInt8](other[from...].prefix(Int.random(in: 1...32, using: &random)))
        if piece.isEmpty || Int.random(in: 0..<3, using: &random) == 0 { piece = word() }
        if Int.random(in: 0..<4, using: &random) == 0 { piece += word() }
    }

    func input(of length: Int, layout: InputLayout) -> [UInt8] {
        var bytes: [UInt8] =
            switch layout {
            case .plain: []
            case .choice: [control]
            // One datagram, said to be longer than it is.
            case .datagrams: [control & 3, 0xff, 0xff]
            }
        bytes += head
        while bytes.count < length { bytes += piece }
        return [UInt8](bytes.prefix(length))
    }
}
