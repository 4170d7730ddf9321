import Foundation
import Testing

/// A sender's socket on this machine.
final class Client {
    private let descriptor: Int32
    /// The port it sends datagrams to.
    private let datagramPort: UInt16?

    /// - Parameter source: the last byte of the sender's address, 127.0.0.x.
    init(udp port: UInt16, source: UInt8 = 1) throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        datagramPort = port
        try Self.bind(descriptor, address(source, port: 0))
        try Self.connect(descriptor, address(1, port: port))
    }

    init(tcp port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        datagramPort = nil
        try Self.connect(descriptor, address(1, port: port))
    }

    init(unix path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        datagramPort = nil
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The path of a temporary directory is shorter than the field.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8))
        }
        try Self.connect(descriptor, address)
    }

    deinit { close(descriptor) }

    /// Sends a datagram, or a part of a stream.
    ///
    /// - Returns: whether all of it was taken.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        repeat {
            let rest = Array(bytes[sent...])
            // The pointer lives for the call only.
            let count = unsafe Foundation.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
            if count < 0 { return false }
            sent += count
        } while sent < bytes.count
        return true
    }

    /// Waits until the receiver has taken every datagram from its socket, so that none is dropped.
    func waitForReceiver() throws {
        guard let datagramPort else { return }
        let port = ":" + String(0x10000 + Int(datagramPort), radix: 16, uppercase: true).dropFirst()
        let isEmpty = try waits {
            let table = try String(contentsOfFile: "/proc/net/udp", encoding: .utf8)
            return table.split(separator: "\n").allSatisfy { line in
                let cells = line.split(separator: " ")
                return cells.count < 5 || !cells[1].hasSuffix(port)
                    || cells[4].hasSuffix(":00000000")
            }
        }
        try #require(isEmpty)
    }

    /// Says that no more comes, and waits until the receiver has read everything.
    func finish() throws {
        shutdown(descriptor, Int32(SHUT_WR))
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // The pointer lives for the call only.
        let count = unsafe poll(&entry, 1, 10_000)
        try #require(count == 1)
    }

    private static func bind(_ descriptor: Int32, _ address: sockaddr_in) throws {
        let status = unsafe name(address) { unsafe Foundation.bind(descriptor, $0, $1) }
        try #require(status == 0)
    }

    private static func connect<Address>(_ descriptor: Int32, _ address: Address) throws {
        let status = unsafe name(address) { unsafe Foundation.connect(descriptor, $0, $1) }
        try #require(status == 0)
    }

    private static func name<Address>(
        _ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        // Every address begins as `sockaddr` does; the pointer lives for the call only.
        unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

/// 127.0.0.`host`.
private func address(_ host: UInt8, port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = (UInt32(0x7f00_0000) | UInt32(host)).bigEndian
    return address
}

/// A UDP port that is taken as long as this value lives.
final class TakenPort {
    private let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    let number: UInt16

    init() throws {
        var local = address(1, port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        // `sockaddr_in` begins as `sockaddr` does; the pointer lives for the calls only.
        let status = unsafe withUnsafeMutablePointer(to: &local) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                let bound = unsafe bind(descriptor, name, length)
                let asked = unsafe getsockname(descriptor, name, &length)
                return bound | asked
            }
        }
        number = UInt16(bigEndian: local.sin_port)
        try #require(status == 0)
    }

    deinit { close(descriptor) }
}
