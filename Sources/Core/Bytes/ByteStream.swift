/// Where the bytes of a file or an object come from, in order and once.
public protocol ByteStream: AnyObject {
    /// Appends about `count` bytes to `buffer`, fewer when only fewer are there yet.
    ///
    /// - Returns: bytes appended; 0 at the end.
    func read(into buffer: inout ByteBuffer, atMost count: Int) throws(OperationError) -> Int

    /// What was wrong with the source's own format when it ended early, such as a gzip file that
    /// was cut off; asked at the end.
    var damage: ErrorCode? { get }

    /// Bytes taken from the source and bytes it has; 0 of 0 when its length is not known.
    var progress: (done: Int, total: Int) { get }
}

extension ByteStream {
    public var damage: ErrorCode? { nil }
    public var progress: (done: Int, total: Int) { (0, 0) }
}
