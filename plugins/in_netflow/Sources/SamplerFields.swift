import Core

/// What one record says about sampling: the ways to say 1-in-N (RFC 5477 §8.2, NetFlow v9).
struct SamplerFields {
    /// Elements that are looked at record by record; 34 and 50 alone are read through a column.
    static let elements: [ElementKey] = [48, 302, 305, 306, 309, 310, 311]
    /// 1-in-N in a field of its own, in the order they are believed.
    static let rates: [ElementKey] = [34, 50]
    /// The interface that a rate is told for.
    static let ingress: [ElementKey] = [10, 252]

    /// samplerId or selectorId.
    private(set) var id: UInt64?
    /// ingressInterface or the scope "interface"; `nil` when it is none.
    private(set) var ingress: UInt64?
    private var interval: UInt64 = 0
    private var randomInterval: UInt64 = 0
    private var taken: UInt64 = 0
    private var skipped: UInt64 = 0
    private var size: UInt64 = 0
    private var population: UInt64 = 0
    private var probability = 0.0

    /// - Parameter bytes: at most 8.
    mutating func take(_ bytes: RawSpan, of element: ElementKey) {
        let number = bytes.unsigned()
        switch element {
        case 48, 302: id = id ?? number
        case 10, 252, .interfaceScope: ingress = ingress ?? (number == 0 ? nil : number)
        case 34: interval = number
        case 50: randomInterval = number
        case 305: taken = number
        case 306: skipped = number
        case 309: size = number
        case 310: population = number
        case 311:
            probability =
                bytes.byteCount == 4
                ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: number)))
                : Double(bitPattern: number)
        default: break
        }
    }

    /// 1-in-N, 0 when nothing usable was said.
    ///
    /// 305 alone is no rate: it counts packets taken in a row.
    var rate: UInt32 {
        if interval != 0 { return UInt32(clamping: interval) }
        if randomInterval != 0 { return UInt32(clamping: randomInterval) }
        if taken != 0, skipped != 0 {
            let (sum, overflow) = taken.addingReportingOverflow(skipped)
            return overflow ? 0 : UInt32(clamping: sum / taken)
        }
        if size != 0, population != 0 { return UInt32(clamping: population / size) }
        // Also false for NaN.
        if probability > 1e-9, probability <= 1 { return UInt32((1 / probability).rounded()) }
        return 0
    }
}
