import Synchronization

extension FuzzTarget {
    /// Seeds by target: some take as long to make as a thousand inputs.
    private static let corpora = Mutex<[String: SeedCorpus]>([:])

    /// Damaged inputs, the same ones for the same seed; without the byte that chooses a variant.
    ///
    /// - Parameter limit: longest input, in bytes.
    public func makeInputs(_ count: Int, seed: UInt64, limit: Int) -> [[UInt8]] {
        let corpus = Self.corpora.withLock { corpora in
            let known = corpora[name] ?? seeds()
            corpora[name] = known
            return known
        }
        var mutator = Mutator(corpus, layout: layout, limit: limit, seed: seed)
        return (0..<count).map { _ in
            mutator.makeInput()
            return layout == .choice ? Array(mutator.input.dropFirst()) : mutator.input
        }
    }
}
