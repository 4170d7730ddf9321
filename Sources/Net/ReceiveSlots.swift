import CShims
import Core
import Glibc
import System

/// Room for a round of datagrams, allocated once: headers, sender addresses and payloads.
///
/// The payload memory is mapped without being touched, so a slot costs the pages that its longest
/// datagram so far has filled.
@safe
struct ReceiveSlots: ~Copyable {
    /// The longest UDP payload fits.
    static let payloadLength = 65_536
    /// Slots do not start at the same cache sets: 64 KiB apart, all of them would share a few.
    private static let stride = payloadLength + 9 * 64
    private static let nameLength = 32

    let count: Int
    private let payloads: UnsafeMutableRawPointer
    private let names: UnsafeMutableRawPointer
    private let vectors: UnsafeMutablePointer<iovec>
    private let headers: UnsafeMutablePointer<catchment_message>
    /// Slots whose headers the kernel has written to and that must be prepared again.
    private var used: Int

    init(count: Int) throws(OperationError) {
        precondition(count > 0)
        let length = count * Self.stride
        // A private anonymous mapping; unmapped in deinit with the same length.
        let region = unsafe mmap(
            nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let region = unsafe region, unsafe region != MAP_FAILED else {
            throw OperationError(
                .systemCall, call: "mmap", target: "receive buffers", errno: errno)
        }
        self.count = count
        used = count
        // All are owned by this value, sized for `count` slots and freed in deinit.
        unsafe payloads = region
        unsafe names = UnsafeMutableRawPointer.allocate(
            byteCount: count * Self.nameLength, alignment: 8)
        unsafe vectors = UnsafeMutablePointer<iovec>.allocate(capacity: count)
        unsafe headers = UnsafeMutablePointer<catchment_message>.allocate(capacity: count)
        for slot in 0..<count {
            // `slot` is below `count`.
            unsafe vectors[slot] = unsafe iovec(
                iov_base: payloads + slot * Self.stride, iov_len: Self.payloadLength)
            unsafe headers[slot] = catchment_message()
            unsafe headers[slot].header.msg_iov = vectors + slot
            unsafe headers[slot].header.msg_iovlen = 1
            unsafe headers[slot].header.msg_name = names + slot * Self.nameLength
        }
    }

    deinit {
        unsafe munmap(payloads, count * Self.stride)
        unsafe names.deallocate()
        unsafe vectors.deallocate()
        unsafe headers.deallocate()
    }

    /// Receives as many datagrams as are waiting and fit, without blocking.
    ///
    /// - Returns: datagrams received, or -1 with `errno` set.
    mutating func receive(from descriptor: Int32) -> Int {
        for slot in 0..<used {
            // `used` is at most `count`. The kernel overwrites it with the actual length.
            unsafe headers[slot].header.msg_namelen = socklen_t(Self.nameLength)
        }
        // MSG_TRUNC makes the kernel tell the whole length of a datagram that was cut.
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC)
        // The headers describe `count` slots of memory that this value owns.
        let received = unsafe Int(catchment_recvmmsg(descriptor, headers, UInt32(count), flags))
        used = Swift.max(received, 0)
        return received
    }

    /// Bytes the sender sent: more than `payloadLength` when the datagram was cut.
    func length(of slot: Int) -> Int {
        precondition(slot < used)
        // The precondition proves the bounds.
        return unsafe Int(headers[slot].length)
    }

    /// Calls `body` with the payload and the sender of a slot that the last `receive` filled.
    func read<Result>(_ slot: Int, _ body: (RawSpan, Endpoint) -> Result) -> Result {
        precondition(slot < used)
        // The precondition and the kernel's lengths, clamped, prove the bounds; `self` is borrowed
        // for the duration of the closure.
        let payload = unsafe UnsafeRawBufferPointer(
            start: payloads + slot * Self.stride,
            count: Swift.min(Int(headers[slot].length), Self.payloadLength))
        let name = unsafe UnsafeRawBufferPointer(
            start: names + slot * Self.nameLength,
            count: Swift.min(Int(headers[slot].header.msg_namelen), Self.nameLength))
        return body(unsafe payload.bytes, SocketAddress.read(unsafe name.bytes))
    }
}
