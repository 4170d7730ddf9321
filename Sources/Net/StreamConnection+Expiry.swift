import TLS

extension StreamConnection {
    /// Why a connection is closed although its sender keeps it open.
    enum Expiry {
        case silence
        /// The TLS handshake was not finished.
        case slowHandshake
        /// A frame or PROXY header was not finished.
        case slowFrame
    }

    /// When the connection is closed unless something comes, in milliseconds of the monotonic clock.
    func nextExpiry(_ options: StreamListener.Options) -> (time: Int64, why: Expiry) {
        var next = (time: lastActivity + options.idleTimeoutMilliseconds, why: Expiry.silence)
        if !isReady, !awaitsProxyHeader, let settings = options.tls {
            next = (lastActivity + settings.handshakeTimeoutMilliseconds, .slowHandshake)
        }
        if let unfinishedSince, options.frameTimeoutMilliseconds > 0 {
            let time = unfinishedSince + options.frameTimeoutMilliseconds
            if time < next.time { next = (time, .slowFrame) }
        }
        return next
    }
}
