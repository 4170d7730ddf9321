import Core
import System

/// A checksum that goes with an object or a part, for the store to compare and keep.
///
/// - Source: "Checking object integrity in Amazon S3", Amazon S3 User Guide.
public struct ObjectChecksum: Sendable, Equatable {
    public enum Algorithm: String, Sendable, CaseIterable {
        case crc32c
        case sha256
    }

    public var algorithm: Algorithm
    /// In base 64.
    public var value: String

    public init(_ algorithm: Algorithm, of payload: Payload) {
        self.algorithm = algorithm
        let bytes: [UInt8]
        switch algorithm {
        case .sha256: bytes = payload.sha256
        case .crc32c:
            let sum = payload.crc32c
            bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> UInt32($0)) }
        }
        value = bytes.base64
    }

    public var header: (name: String, value: String) {
        ("x-amz-checksum-\(algorithm.rawValue)", value)
    }

    /// Its name in the list of parts.
    var element: String { "Checksum\(algorithm.rawValue.uppercased())" }
}
