import COpenSSL

/// What OpenSSL put into the calling thread's queue of errors.
enum OpenSSLFailure {
    /// The reason of the first error, and empties the queue.
    ///
    /// - Parameter nothing: what to say when there is no reason.
    static func takeText(orElse nothing: String = "unknown reason") -> String {
        let number = ERR_get_error()
        defer { ERR_clear_error() }
        return text(number) ?? nothing
    }

    static func text(_ number: UInt) -> String? {
        // The text is static.
        guard number != 0, let text = unsafe ERR_reason_error_string(number) else { return nil }
        return unsafe String(cString: text)
    }
}
