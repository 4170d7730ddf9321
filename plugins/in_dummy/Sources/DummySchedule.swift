/// Says when the next events are due; a pure state machine over elapsed time.
struct DummySchedule {
    enum Action: Equatable {
        /// Make so many events now.
        case make(Int)
        /// Come back after so many nanoseconds.
        case wait(Int64)
        case finished
    }

    /// Events at once that keep a batch small; more are made by the next call.
    static let eventLimit = 1000

    private let interval: Int64
    private let copies: Int
    /// Events left, `nil` without end.
    private var remaining: Int?
    /// When the next event is due.
    private var due: Int64

    init(_ settings: DummySettings) {
        interval = settings.interval
        copies = settings.copies
        remaining = settings.samples
        due = settings.startsAtOnce ? 0 : settings.interval
    }

    /// - Parameter elapsed: nanoseconds since the input runs.
    mutating func next(elapsed: Int64) -> Action {
        if remaining == 0 { return .finished }
        guard elapsed >= due else { return .wait(due - elapsed) }
        let late = (elapsed - due) / interval + 1
        let most = max(DummySchedule.eventLimit / copies, 1)
        let events = min(Int(clamping: late), most, remaining ?? .max)
        due += Int64(events) * interval
        if let left = remaining { remaining = left - events }
        return .make(events)
    }
}
