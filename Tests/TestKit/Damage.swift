/// Damaged versions of an input, for tests that a reader survives anything.
public enum Damage {
    /// The input cut after every byte, the empty one included, the whole one not.
    public static func truncations(of bytes: [UInt8]) -> some Sequence<[UInt8]> {
        (0..<bytes.count).lazy.map { Array(bytes.prefix($0)) }
    }

    /// `count` versions with one to eight bits flipped, the same on every run.
    public static func flips(of bytes: [UInt8], count: Int, seed: UInt64 = 1) -> [[UInt8]] {
        guard !bytes.isEmpty else { return [] }
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let index = Int.random(in: 0..<damaged.count, using: &random)
                damaged[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            return damaged
        }
    }
}
