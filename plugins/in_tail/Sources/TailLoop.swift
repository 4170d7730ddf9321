import Core
import System

/// Decides when a reader's steps are due, until it is stopped.
struct TailLoop {
    /// After a first event, others are waited for so long: one turn then reads much.
    private static let gatherMilliseconds: Int32 = 5
    /// How often to look at files without being told of changes.
    private static let pollInterval: Int64 = 250_000_000
    /// Time between scans, however often names change.
    private static let scanPause: Int64 = 100_000_000

    let reader: TailReader
    let settings: TailSettings
    let log: Log
    let isStopping: () -> Bool

    func run(stop: StopHandle) {
        var watch = startWatching()
        // Before the scan: what happens after it is heard of.
        cover(&watch)
        reader.scan(now: MonotonicClock.now())
        var lastScan = MonotonicClock.now()
        var needsScan = false
        while !reader.isOver, !isStopping() {
            let now = MonotonicClock.now()
            reader.readOnce(now: now)
            if !reader.hasWork {
                if settings.exitsAtEnd { return reader.finish(now: now) }
                let wait = pause(now: now, lastScan: lastScan, needsScan, watches: watch != nil)
                if stop.wait(orReadable: watch?.descriptor, nanoseconds: wait) { return }
                if stop.wait(milliseconds: Self.gatherMilliseconds) { return }
            } else if stop.wait(milliseconds: 0) {
                return
            }
            needsScan = hear(&watch) || needsScan
            let time = MonotonicClock.now()
            let isDue = time - lastScan >= settings.refreshInterval
            if isDue || needsScan && time - lastScan >= Self.scanPause {
                cover(&watch)
                reader.scan(now: time)
                lastScan = MonotonicClock.now()
                needsScan = false
            }
        }
    }

    /// Nanoseconds to wait for an event at most.
    private func pause(
        now: Int64, lastScan: Int64, _ needsScan: Bool, watches: Bool
    ) -> Int64 {
        var until = lastScan + (needsScan ? Self.scanPause : settings.refreshInterval)
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

    private func cover(_ watch: inout ChangeWatch?) {
        do {
            try watch?.cover(reader.directories())
        } catch {
            log.warning(
                "\(error); looking at the files four times a second instead"
                    + " (raise fs.inotify.max_user_watches)")
            watch = nil
        }
    }

    /// - Returns: whether to scan.
    private func hear(_ watch: inout ChangeWatch?) -> Bool {
        do {
            if let needsScan = try watch?.deliver(to: reader, patterns: settings.patterns) {
                return needsScan
            }
        } catch {
            log.warning("\(error); looking at the files four times a second instead")
            watch = nil
        }
        reader.poll()
        return false
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
