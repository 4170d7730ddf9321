import Core

/// What the header of one RouterOS message says: values, and places in the line.
struct RouterOSMessage {
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
}
