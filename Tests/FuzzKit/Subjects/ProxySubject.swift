import Core
import Net

/// A PROXY header: the same whatever follows it, and a part of it wants more.
///
/// The byte in front chooses where the part ends.
final class ProxySubject: FuzzSubject {
    func execute(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let control = Int(input.byte(at: 0))
        let bytes = input.extracting(1..<input.byteCount)
        switch ProxyHeader.read(bytes) {
        case .absent, .malformed: break
        case .incomplete(let wanted):
            precondition(wanted > bytes.byteCount, "wants \(wanted) and has them")
        case .header(let header):
            precondition(header.length > 0 && header.length <= bytes.byteCount, "\(header.length)")
            let alone = ProxyHeader.read(bytes.extracting(0..<header.length))
            precondition(alone == .header(header), "what follows changes a header: \(alone)")
            let part = 1 + control * (header.length - 1) / 256
            guard part < header.length else { return }
            guard case .incomplete(let wanted) = ProxyHeader.read(bytes.extracting(0..<part))
            else { preconditionFailure("\(part) bytes are no beginning of a header") }
            precondition(wanted > part && wanted <= header.length, "wants \(wanted) at \(part)")
        }
    }
}
