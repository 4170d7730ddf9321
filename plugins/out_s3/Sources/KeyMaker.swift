import Core

/// Gives objects their keys.
struct KeyMaker {
    let template: KeyTemplate
    /// What keys are made unique with: of this storage, and of this process for records that do not
    /// outlive it.
    private(set) var identity: UInt64 = 0
    private let processIdentity: UInt64
    /// The number of the next object.
    private(set) var index: UInt64 = 0
    /// Keys delivered last, where nothing in them tells objects apart.
    private var lastKeys: [CollectedObject.Place: String] = [:]

    /// - Parameter processIdentity: tells this process from others.
    init(_ template: KeyTemplate, processIdentity: UInt64) {
        self.template = template
        self.processIdentity = max(processIdentity, 1)
    }

    /// Goes on where a state was saved.
    mutating func resume(identity: UInt64, index: UInt64) {
        self.identity = identity == 0 ? processIdentity : identity
        self.index = index
    }

    /// The key of an object, from where it begins.
    mutating func makeKey(of object: CollectedObject, in source: OutputSource) -> String {
        defer { index += 1 }
        let owner = source.isPersistent ? identity : processIdentity
        return template.key(
            of: object.place.partition,
            KeyTemplate.First(
                time: object.time,
                uuid: ObjectName.text(
                    "\(owner)/\(source.name)/\(object.start)/\(object.place.partition)"),
                index: index, record: object.start))
    }

    /// Takes note of a delivery.
    ///
    /// - Parameter limit: places that are remembered at most.
    /// - Returns: whether it took the place of the object before.
    mutating func hasReplaced(
        _ key: String, of place: CollectedObject.Place, remembering limit: Int
    ) -> Bool {
        guard !template.tellsObjectsApart else { return false }
        let isRepeated = lastKeys[place] == key
        if lastKeys.count > limit { lastKeys.removeAll() }
        lastKeys[place] = key
        return isRepeated
    }
}
