import Core
import Parsers

/// The senders whose last message is not complete, with what is remarked about it.
///
/// They are kept here even when the table of senders forgets them.
struct OpenEntries {
    private var entries: [(sender: MessageSender, remarks: MessageRemarks)] = []

    var isEmpty: Bool { entries.isEmpty }

    /// Takes note that a sender's message was held; nothing changes when one is held already.
    mutating func add(_ sender: MessageSender, _ remarks: MessageRemarks) {
        guard !sender.hasOpenEntry else { return }
        sender.hasOpenEntry = true
        entries.append((sender, remarks))
    }

    /// Gives every entry to `complete`, and forgets those of senders that hold nothing any more.
    mutating func complete(_ complete: (MessageSender, MessageRemarks) -> Void) {
        entries.removeAll { sender, remarks in
            complete(sender, remarks)
            sender.hasOpenEntry = unsafe sender.routeros.isHolding
            return !sender.hasOpenEntry
        }
    }
}
