import CZlib
import Core

extension UnsafeMutablePointer<z_stream> {
    /// Gives bytes to a function of zlib and appends what it puts out, until it leaves room.
    ///
    /// - Parameters:
    ///   - bytes: less than 4 GiB, which zlib counts in 32 bits.
    ///   - piece: bytes of room at a time.
    ///   - step: `deflate` or `inflate`.
    /// - Returns: zlib's last status, and how many of the bytes it has left.
    @unsafe
    func run(
        _ bytes: RawSpan, to output: inout ByteBuffer, piece: Int,
        _ step: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> (status: Int32, left: Int) {
        // The input's pointer is used inside the closure only; zlib never writes through it.
        unsafe bytes.withUnsafeBytes { input in
            unsafe pointee.next_in = UnsafeMutablePointer<UInt8>(
                mutating: input.bindMemory(to: UInt8.self).baseAddress)
            unsafe pointee.avail_in = UInt32(input.count)
            var status = Z_OK
            var room: UInt32
            repeat {
                room = 0
                unsafe output.appendUnsafely(atMost: piece) { target in
                    unsafe pointee.next_out = target.assumingMemoryBound(to: UInt8.self)
                    unsafe pointee.avail_out = UInt32(piece)
                    status = unsafe step(self)
                    room = unsafe pointee.avail_out
                    return piece - Int(room)
                }
            } while room == 0 && status == Z_OK
            return unsafe (status, Int(pointee.avail_in))
        }
    }
}
