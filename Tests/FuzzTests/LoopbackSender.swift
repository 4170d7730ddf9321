import Core
import Glibc

/// A sender's socket on this machine.
final class LoopbackSender {
    struct Failure: Error {}

    private let descriptor: Int32

    /// - Parameter source: the last byte of the sender's address, 127.0.0.x.
    init(udp port: UInt16, source: UInt8 = 1) throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        unsafe try Self.call(bind, descriptor, Self.address(source, port: 0))
        unsafe try Self.call(connect, descriptor, Self.address(1, port: port))
    }

    init(tcp port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        unsafe try Self.call(connect, descriptor, Self.address(1, port: port))
    }

    init(unix path: String, isStream: Bool) throws {
        descriptor = socket(AF_UNIX, Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The path of a temporary directory is shorter than the field.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8))
        }
        unsafe try Self.call(connect, descriptor, address)
    }

    deinit { close(descriptor) }

    private static func address(_ last: UInt8, port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (UInt32(0x7f00_0000) | UInt32(last)).bigEndian
        return address
    }

    private static func call<Address>(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ descriptor: Int32,
        _ address: Address
    ) throws {
        // The address lives for the closure.
        let status = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe function(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard status == 0 else { throw Failure() }
    }

    /// Sends a datagram, or all of a part of a stream.
    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        repeat {
            let rest = Array(bytes[sent...])
            // The array lives for the call.
            let count = unsafe Glibc.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
            guard count >= 0 else { throw Failure() }
            sent += count
        } while sent < bytes.count
    }

    /// Ends the stream and waits until the other side has read it to its end and closed it.
    func finish() throws {
        shutdown(descriptor, Int32(SHUT_WR))
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        // The pointers live for the calls only.
        guard unsafe poll(&entry, 1, 10_000) == 1, unsafe recv(descriptor, &byte, 1, 0) == 0 else {
            throw Failure()
        }
    }
}
