import Core
import System

/// Decides when a reader's steps are due, until it is stopped.
struct TailLoop {
    /// After a first event, others are waited for so long: one turn then reads much.
    private static let gatherMilliseconds: Int32 = 5
    /// How often to look at files without being told of changes.
    private static let pollInterval: Int64 = 250_000_000
    /// Share of the time that scans may take, however often names change: one in this many.
    private static let scanShare: Int64 = 10

    let reader: TailReader
    let settings: TailSettings
    let log: Log
    let isStopping: () -> Bool

    func run(stop: StopHandle) {
        var watch = startWatching()
        var (lastScan, scanPause, needsScan) = scan(&watch)
        var lastPoll = lastScan
        while !reader.isOver, !isStopping() {
            let now = MonotonicClock.now()
            reader.readOnce(now: now)
            if !reader.hasWork {
                if settings.exitsAtEnd { return reader.finish(now: now) }
                let nextScan = lastScan + (needsScan ? scanPause : settings.refreshInterval)
                let wait = pause(now: now, nextScan: nextScan, watches: watch != nil)
                if stop.wait(orReadable: watch?.descriptor, nanoseconds: wait) { return }
                if stop.wait(milliseconds: Self.gatherMilliseconds) { return }
            } else if stop.wait(milliseconds: 0) {
                return
            }
            let time = MonotonicClock.now()
            if hear(&watch) { needsScan = true }
            if watch == nil, time - lastPoll >= Self.pollInterval {
                reader.poll()
                lastPoll = time
            }
            let isDue = time - lastScan >= settings.refreshInterval
            if isDue || needsScan && time - lastScan >= scanPause {
                (lastScan, scanPause, needsScan) = scan(&watch)
            }
        }
    }

    /// Scans and sees to it that what happens afterwards is heard of.
    ///
    /// - Returns: when the scan ended, how long not to scan again, and whether to do so then.
    private func scan(
        _ watch: inout ChangeWatch?
    ) -> (end: Int64, pause: Int64, needsScan: Bool) {
        let begin = MonotonicClock.now()
        _ = cover(&watch)
        reader.scan(now: begin)
        // In directories that came with the scan, something may have happened since.
        let isNew = cover(&watch)
        let end = MonotonicClock.now()
        return (end, (end - begin) * Self.scanShare, isNew)
    }

    /// Nanoseconds to wait for an event at most.
    private func pause(now: Int64, nextScan: Int64, watches: Bool) -> Int64 {
        var until = nextScan
        if !watches { until = min(until, now + Self.pollInterval) }
        if let deadline = reader.deadline(now: now) { until = min(until, deadline) }
        return max(until - now, 0)
    }

    private func startWatching() -> ChangeWatch? {
        guard settings.usesEvents, !settings.exitsAtEnd else { return nil }
        do {
            return try ChangeWatch()
        } catch {
            log.warning("\(error); looking at the files four times a second instead")
            return nil
        }
    }

    /// - Returns: whether there were directories that were not watched before.
    private func cover(_ watch: inout ChangeWatch?) -> Bool {
        do {
            return try watch?.cover(reader.directories()) ?? false
        } catch {
            log.warning(
                "\(error); looking at the files four times a second instead"
                    + " (raise fs.inotify.max_user_watches)")
            watch = nil
            return false
        }
    }

    /// - Returns: whether to scan.
    private func hear(_ watch: inout ChangeWatch?) -> Bool {
        do {
            return try watch?.deliver(to: reader, patterns: settings.patterns) ?? false
        } catch {
            log.warning("\(error); looking at the files four times a second instead")
            watch = nil
            return true
        }
    }
}

/// Ends a loop from another thread.
final class StopHandle: Sendable {
    private let signal: StopSignal

    init() throws(OperationError) { signal = try StopSignal() }

    func raise() { signal.raise() }

    /// - Returns: whether the signal was raised.
    func wait(milliseconds: Int32) -> Bool { signal.wait(milliseconds: milliseconds) }

    /// Waits until the signal was raised or the descriptor, if there is one, can be read.
    ///
    /// - Returns: whether the signal was raised.
    func wait(orReadable descriptor: Int32?, nanoseconds: Int64) -> Bool {
        // Rounded up, so that what is due then is due.
        let milliseconds = Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
        guard let descriptor else { return signal.wait(milliseconds: milliseconds) }
        return signal.wait(orReadable: descriptor, milliseconds: milliseconds)
    }
}
