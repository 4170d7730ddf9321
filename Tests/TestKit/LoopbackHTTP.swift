import Glibc
import Synchronization
import System

/// A request as a test's server received it.
public struct ReceivedRequest: Sendable {
    public var method = ""
    /// Percent-decoded, without the query.
    public var path = ""
    /// Percent-decoded.
    public var query: [String: String] = [:]
    /// Names in lower case.
    public var headers: [String: String] = [:]
    public var body: [UInt8] = []
}

/// What a test's server does with a request.
public struct Reply: Sendable {
    public enum Ending: Sendable {
        case whole
        /// The connection is reset in the middle of the answer.
        case cut
        /// The connection is closed without an answer.
        case none
        /// No answer, and the connection stays open.
        case silence
    }

    public var status: Int
    public var headers: [String: String]
    public var body: [UInt8]
    public var ending = Ending.whole

    public init(_ status: Int, headers: [String: String] = [:], _ text: String = "") {
        self.init(status, headers: headers, bytes: Array(text.utf8))
    }

    public init(_ status: Int, headers: [String: String] = [:], bytes: [UInt8]) {
        self.status = status
        self.headers = headers
        body = bytes
    }

    public func ending(_ ending: Ending) -> Reply {
        var reply = self
        reply.ending = ending
        return reply
    }
}

/// A server for HTTP/1.1 on 127.0.0.1, with a thread for each connection.
@safe
public final class LoopbackHTTP: Sendable {
    public struct Failure: Error {}

    public let port: UInt16
    private let listener: Listener
    private let answer: @Sendable (ReceivedRequest) -> Reply
    private let resetsBody: @Sendable (ReceivedRequest) -> Bool

    /// - Parameter resetsBody: asked when the head of a request is there; the connection is reset
    ///   within the body when it says yes.
    public init(
        resetsBody: @escaping @Sendable (ReceivedRequest) -> Bool = { _ in false },
        answer: @escaping @Sendable (ReceivedRequest) -> Reply
    ) throws {
        SignalSet.ignoreBrokenPipes()
        self.answer = answer
        self.resetsBody = resetsBody
        let socketNumber = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let listener = Listener(descriptor: socketNumber)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Pointers live for the calls only.
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socketNumber, pointer, length) == 0 && listen(socketNumber, 64) == 0
                    && getsockname(socketNumber, pointer, &length) == 0
            }
        }
        guard status else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
        let serve: @Sendable (Int32) -> Void = { [answer, resetsBody] descriptor in
            Connection(descriptor, answer: answer, resetsBody: resetsBody).run()
        }
        _ = Thread.start(name: "http") {
            while true {
                // No address is wanted.
                let descriptor = accept(socketNumber, nil, nil)
                if descriptor < 0 { return listener.close() }
                _ = Thread.start(name: "http") { serve(descriptor) }
            }
        }
    }

    /// Refuses connections from now on; those that are open go on.
    public func stop() { listener.stop() }

    deinit { listener.stop() }
}

/// A socket that listens: closed by the thread that accepts, so that nobody else touches its number,
/// which may be another socket's by then.
private final class Listener: Sendable {
    private let descriptor: Int32
    private let isOpen = Mutex(true)

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Refuses connections from now on, and ends `accept`.
    func stop() {
        isOpen.withLock { if $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    func close() {
        isOpen.withLock { isOpen in
            isOpen = false
            Glibc.close(descriptor)
        }
    }
}

/// One connection, served to its end.
private struct Connection {
    let descriptor: Int32
    let answer: @Sendable (ReceivedRequest) -> Reply
    let resetsBody: @Sendable (ReceivedRequest) -> Bool

    init(
        _ descriptor: Int32, answer: @escaping @Sendable (ReceivedRequest) -> Reply,
        resetsBody: @escaping @Sendable (ReceivedRequest) -> Bool
    ) {
        self.descriptor = descriptor
        self.answer = answer
        self.resetsBody = resetsBody
    }

    func run() {
        defer { close(descriptor) }
        var buffer: [UInt8] = []
        while let end = headEnd(&buffer) {
            var request = Self.parse(Array(buffer[..<end]))
            buffer.removeFirst(end + 4)
            let length = Int(request.headers["content-length"] ?? "0") ?? 0
            if length > 0, resetsBody(request) {
                while buffer.count < length / 2, read(into: &buffer) {}
                return reset()
            }
            while buffer.count < length { if !read(into: &buffer) { return } }
            request.body = Array(buffer[..<length])
            buffer.removeFirst(length)
            let reply = answer(request)
            switch reply.ending {
            case .none: return
            case .silence:
                // Until the client has had enough.
                while read(into: &buffer) {}
                return
            case .whole: guard write(Self.bytes(of: reply, to: request)) else { return }
            case .cut:
                let bytes = Self.bytes(of: reply, to: request)
                _ = write(Array(bytes[..<(bytes.count - max(1, reply.body.count / 2))]))
                return reset()
            }
        }
    }

    /// Closes so that the other side gets an error and not an end.
    private func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        // The option lives for the call.
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private func headEnd(_ buffer: inout [UInt8]) -> Int? {
        while true {
            if buffer.count >= 4 {
                for place in 0...(buffer.count - 4)
                where buffer[place] == 13 && buffer[place + 1] == 10 && buffer[place + 2] == 13 {
                    return place
                }
            }
            if !read(into: &buffer) { return nil }
            // TLS to a port without it gets the answer that web servers give.
            if buffer[0] == 22 {
                _ = write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
                return nil
            }
        }
    }

    private func read(into buffer: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        // The pointer lives for the call.
        let count = unsafe Glibc.read(descriptor, &piece, piece.count)
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            // The pointer lives for the call.
            let count = unsafe bytes[offset...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count <= 0 { return false }
            offset += count
        }
        return true
    }

    private static func bytes(of reply: Reply, to request: ReceivedRequest) -> [UInt8] {
        var head = "HTTP/1.1 \(reply.status) Status\r\n"
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        if reply.status != 204, reply.headers["Content-Length"] == nil {
            head += "Content-Length: \(reply.body.count)\r\n"
        }
        return Array((head + "\r\n").utf8) + (request.method == "HEAD" ? [] : reply.body)
    }

    private static func parse(_ head: [UInt8]) -> ReceivedRequest {
        var request = ReceivedRequest()
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count >= 2 else { return request }
        request.method = String(words[0])
        let target = words[1].split(separator: "?", maxSplits: 1)
        request.path = decode(target[0])
        for pair in (target.count > 1 ? target[1] : "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            request.query[decode(parts[0])] = parts.count > 1 ? decode(parts[1]) : ""
        }
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            request.headers[line[..<colon].lowercased()] = String(
                line[line.index(after: colon)...].drop { $0 == " " })
        }
        return request
    }

    private static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
