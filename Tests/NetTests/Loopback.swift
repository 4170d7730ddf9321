import Core
import Foundation
import Glibc
import Net
import Testing

/// What a listener delivered, shared between its thread and the test's.
final class Inbox: @unchecked Sendable {
    // Sendable: `content` is guarded by `condition`.
    struct Content {
        var payloads: [[UInt8]] = []
        var truncated: [[UInt8]] = []
        var sources: [PayloadSource] = []
        var problems: [ErrorCode] = []
        var batches = 0
        var identities: [ConnectionIdentity] = []
        var ended: [Endpoint] = []
        var tendings = 0
    }

    private let condition = NSCondition()
    private var content = Content()

    var now: Content { condition.withLock { content } }

    func change(_ body: (inout Content) -> Void) {
        condition.withLock {
            body(&content)
            condition.broadcast()
        }
    }

    /// Waits until `isDone`, at most ten seconds.
    func wait(_ isDone: (Content) -> Bool) -> Bool {
        let deadline = Date() + 10
        return condition.withLock {
            while !isDone(content) {
                if !condition.wait(until: deadline) { return isDone(content) }
            }
            return true
        }
    }
}

struct InboxHandler: PayloadHandler, ~Copyable {
    let inbox: Inbox
    /// Told too, where several handlers work for one test.
    var shared: Inbox?

    mutating func receive(_ payload: RawSpan, from source: PayloadSource) {
        let bytes = copy(payload)
        inbox.change {
            $0.payloads.append(bytes)
            $0.sources.append(source)
        }
        shared?.change { $0.payloads.append(bytes) }
    }

    mutating func receiveTruncated(_ payload: RawSpan, from source: PayloadSource) {
        let bytes = copy(payload)
        inbox.change { $0.truncated.append(bytes) }
    }

    mutating func tend(at now: Timestamp) { inbox.change { $0.tendings += 1 } }

    mutating func note(_ problem: ErrorCode, from source: PayloadSource) {
        inbox.change { $0.problems.append(problem) }
    }

    mutating func began(_ source: PayloadSource, as identity: ConnectionIdentity) {
        inbox.change { $0.identities.append(identity) }
    }

    mutating func ended(_ source: PayloadSource) {
        inbox.change { $0.ended.append(source.peer) }
    }

    mutating func endBatch() { inbox.change { $0.batches += 1 } }
}

func copy(_ span: RawSpan) -> [UInt8] {
    (0..<span.byteCount).map { span.byte(at: $0) }
}

/// Runs `body` on a thread of its own; `join` waits for it.
final class Runner: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () -> Void) {
        let semaphore = self.semaphore
        Thread.detachNewThread {
            body()
            semaphore.signal()
        }
    }

    /// - Returns: whether the thread ended within ten seconds.
    func join() -> Bool { semaphore.wait(timeout: .now() + 10) == .success }
}

/// A client's socket.
final class Client {
    let descriptor: Int32

    init(udpTo endpoint: Endpoint) throws {
        descriptor = try Client.connect(Int32(SOCK_DGRAM.rawValue), to: endpoint)
    }

    /// - Parameter address: of this machine, to send from.
    init(udpTo endpoint: Endpoint, from address: UInt32) throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        let steps = [(address, UInt16(0)), (endpoint.address.v4 ?? 0, endpoint.port)]
        for (index, (number, port)) in steps.enumerated() {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = number.bigEndian
            let length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = unsafe withUnsafePointer(to: &name) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe index == 0
                        ? bind(descriptor, $0, length) : Glibc.connect(descriptor, $0, length)
                }
            }
            try #require(status == 0)
        }
    }

    init(tcpTo endpoint: Endpoint) throws {
        descriptor = try Client.connect(Int32(SOCK_STREAM.rawValue), to: endpoint)
    }

    init(unixTo path: String, stream: Bool = false) throws {
        let kind = stream ? SOCK_STREAM : SOCK_DGRAM
        descriptor = socket(AF_UNIX, Int32(kind.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8))
        }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, length)
            }
        }
        try #require(status == 0)
    }

    deinit { close(descriptor) }

    private static func connect(_ kind: Int32, to endpoint: Endpoint) throws -> Int32 {
        let isV6 = endpoint.address.v4 == nil
        let descriptor = socket(isV6 ? AF_INET6 : AF_INET, kind, 0)
        var status: Int32
        if isV6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = endpoint.port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0[15] = 1 }
            let length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            status = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(descriptor, $0, length)
                }
            }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = endpoint.port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            let length = socklen_t(MemoryLayout<sockaddr_in>.size)
            status = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(descriptor, $0, length)
                }
            }
        }
        try #require(status == 0)
        return descriptor
    }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count || bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Whether the other side has closed the connection.
    func isClosedByPeer() -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&entry, 1, 10_000) == 1 else { return false }
        var byte: UInt8 = 0
        return unsafe recv(descriptor, &byte, 1, 0) <= 0
    }

    /// Whether the other side closes the connection, after what it has to say.
    func isClosedAfterReading() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 512)
        for _ in 0..<100 {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, 10_000) == 1 else { return false }
            if unsafe recv(descriptor, &bytes, bytes.count, 0) <= 0 { return true }
        }
        return false
    }

    /// Ends the stream of this side only.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }
}
