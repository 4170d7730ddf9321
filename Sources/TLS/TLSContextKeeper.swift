public import Core
import System

/// The context for new connections: made anew when its files changed.
///
/// Certificates are renewed while the agent runs. New connections get the new ones; open ones go on
/// as they are. Files that cannot be used are reported once, and the context stays.
public struct TLSContextKeeper {
    private var context: TLSServerContext
    /// The files looked at last, good or bad.
    private var stamps: [FileStatus?]
    private var nextCheck: Int64 = .min

    public init(_ context: TLSServerContext) {
        self.context = context
        stamps = context.stamps
    }

    /// - Parameter now: milliseconds of the monotonic clock.
    public mutating func current(now: Int64, log: Log) -> TLSServerContext {
        guard now >= nextCheck else { return context }
        let settings = context.settings
        nextCheck = now + settings.reloadIntervalMilliseconds
        let found = TLSServerContext.stamps(of: settings)
        guard found != stamps else { return context }
        do throws(OperationError) {
            context = try TLSServerContext(settings)
            // A file changed while it was read is read again.
            stamps = context.stamps
            log.info("loaded \(settings.certificateFile) again, which had changed")
        } catch {
            stamps = found
            log.error("\(error); the certificate loaded before stays in use")
        }
        return context
    }
}
