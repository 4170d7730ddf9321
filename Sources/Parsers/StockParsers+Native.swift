import Core

/// Stock parsers written by hand instead of as patterns.
extension StockParsers {
    static let native: [(String, @Sendable () -> any LineParser)] = []
}
