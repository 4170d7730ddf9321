import Testing

@testable import Core

@Suite struct DerivationTests {
    /// 2023-11-14T22:13:20Z, when the exporter started.
    static let boot: Int64 = 1_700_000_000_000_000_000
    static let millisecond: Int64 = 1_000_000
    static let wrap: Int64 = 1 << 32

    @Test(
        arguments: [
            ("soon after the start", UInt64(1000), Int64(1000), Int64(5000)),
            ("before the start", UInt64(wrap - 60_000), -60_000, 5000),
            ("after one wrap", 1000, wrap + 1000, wrap + 5000),
            ("before the second wrap", UInt64(wrap - 1000), 2 * wrap - 1000, 2 * wrap + 5000),
            ("eight-byte ticks", UInt64(3 * wrap + 1000), 1000, 5000),
        ] as [(String, UInt64, Int64, Int64)])
    func placesTicksNextToTheExport(
        name: String, ticks: UInt64, milliseconds: Int64, exported: Int64
    ) {
        let time = Derivation.bootNanoseconds(
            ticks: ticks, boot: Self.boot, exported: Self.boot + exported * Self.millisecond)
        #expect(time == Self.boot + milliseconds * Self.millisecond)
    }

    @Test func ticksWrapAndGoForwardOnly() {
        #expect(Derivation.ticks(from: 1000, to: 2500) == 1500)
        #expect(Derivation.ticks(from: 0xffff_ff00, to: 0x100) == 512)
        #expect(Derivation.ticks(from: 1000, to: 1000) == 0)
        #expect(Derivation.ticks(from: 1001, to: 1000) == nil)
    }

    @Test func productsStopAtTheLargestNumber() {
        #expect(Derivation.saturatingProduct(1500, 1000) == 1_500_000)
        #expect(Derivation.saturatingProduct(.max, 1) == .max)
        #expect(Derivation.saturatingProduct(1 << 33, 1 << 31) == .max)
        #expect(Derivation.saturatingProduct(.max, 0) == 0)
    }
}
