/// How often a template is announced, and when it has not been for too long.
///
/// Only of use over UDP: elsewhere templates are withdrawn (RFC 7011 §8.4). Exporters repeat
/// templates by time, by messages, or never; one that stops repeating is gone when three times as
/// much time and three times as many messages have passed as ever lay between two announcements.
struct TemplateLife: Equatable {
    /// Seconds that a template is kept at least when its life is learned.
    private static let shortest: Int64 = 3600

    /// When it was announced last, seconds since 1970.
    private(set) var lastSeen: Int64
    /// The stream's messages until then.
    private var lastMessage: UInt64
    /// The longest time and the most messages between two announcements; 0 before the second.
    private var longestPause: Int64 = 0
    private var mostMessages: UInt64 = 0

    init(lastSeen: Int64, message: UInt64) {
        self.lastSeen = lastSeen
        lastMessage = message
    }

    mutating func repeated(at now: Int64, message: UInt64) {
        longestPause = Swift.max(longestPause, now - lastSeen)
        mostMessages = Swift.max(mostMessages, message &- lastMessage)
        lastSeen = Swift.max(lastSeen, now)
        lastMessage = message
    }

    /// - Parameters:
    ///   - limit: seconds, or 0 to go by what was learned.
    ///   - message: the stream's messages so far.
    func hasEnded(at now: Int64, message: UInt64, limit: Int64) -> Bool {
        let age = now - lastSeen
        if limit > 0 { return age > limit }
        guard mostMessages > 0 else { return false }
        return age > Swift.max(longestPause * 3, Self.shortest)
            && message &- lastMessage > mostMessages * 3
    }
}
