import Core

/// What the header of one RouterOS message says, values and places in the line, and what became of
/// the message on its way.
struct RouterOSMessage: Sendable {
    var priority = -1
    var deviceTime: Timestamp?
    /// Whether the timestamp is one of the `syslog` format, which an identity follows.
    var hasSyslogTime = false
    var hostname = Slot.null
    var topics: TopicList?
    /// Where the text starts, behind topics and prefix.
    var textStart = 0
    var messagePrefix = Slot.null
    var cef: CEFHeader?
    /// Whether one of RouterOS's forms was recognised.
    var isRecognised = false
    /// The place of a map with a CEF event's values in the scratch buffer, or null.
    var fields = Slot.null
    /// Whether the end of the message was lost on the way.
    var isTruncated = false
    /// How many messages this one was put together from.
    var pieces = 1
    /// Whether the text is a dump: a line, then lines that belong to it.
    var isDump = false
}
