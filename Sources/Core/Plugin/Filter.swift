/// A step between input and journal that drops, changes or adds to records.
///
/// An instance belongs to one input and is called on that input's thread, one batch at a time, so
/// it may keep caches without locks.
public protocol Filter: AnyObject, SendableMetatype {
    static var info: PluginInfo { get }

    init(settings: PluginSettings) throws(SettingsError)

    /// Changes the batch in place. Records that are gone afterwards count as filtered by this filter.
    func apply(to batch: inout RecordBatch)
}
