import Core
import Parsers

/// Finds whose message it is that a relay passed on: RFC 5424's `origin ip` (§7.2.1), or a hostname
/// that is an address.
struct OriginFinder: ~Copyable {
    /// Reads headers, those of vendors too, and as few bodies as can be.
    private let parser = SyslogParser(body: .cef)
    private var parsed = RecordBatch()

    private static let places = [
        FieldPath("$structured_data['origin']['ip']"),
        FieldPath("$structured_data['origin']['ip'][0]"), FieldPath("$hostname"),
    ].compactMap { $0 }

    /// - Returns: `nil` when the message names none, or the relay itself.
    mutating func origin(of message: RawSpan, from relay: PayloadSource) -> IPAddress? {
        parsed.removeAll()
        // What is wrong with the message will be noted when it is read.
        _ = parser.decode(message, from: relay, into: &parsed)
        var origin: IPAddress?
        parsed.forEachRow { row in
            for place in Self.places where origin == nil {
                guard let field = place.resolve(in: row.shape),
                    case .text(let text) = field.value(in: row), text.byteCount <= Self.longest
                else { continue }
                origin = IPAddress(text.makeString())
            }
        }
        return origin == relay.peer.address ? nil : origin
    }

    /// Bytes of the longest text that is an address.
    private static let longest = 45
}
