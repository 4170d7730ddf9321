import Core

/// The objects that are not delivered, what was decided of objects whose records are not read yet,
/// and what is delivered ahead of others.
struct ObjectTable {
    typealias Place = CollectedObject.Place

    /// Objects that take records.
    private(set) var open: [Place: CollectedObject] = [:]
    /// Objects that are whole and not delivered.
    private(set) var sealed: [CollectedObject] = []
    /// What was decided and has no record again yet, in the order of the journal.
    private(set) var planned: [Place: [S3State.Plan]] = [:]
    /// Partitions that are delivered up to a number ahead of their source's floor.
    private(set) var delivered: [Place: UInt64] = [:]
    private var uses = 0

    /// Those that are open, and those that are whole.
    var all: [CollectedObject] { sealed + open.values }

    /// Bytes of parts that are under way, ready or being filled.
    var bodyBytes: Int { all.reduce(0) { $0 + $1.bodyBytes } }

    /// When the oldest of those was begun that are delivered by their age.
    var oldest: Timestamp? { open.values.filter { $0.plan?.end == nil }.map(\.opened).min() }

    mutating func removeAll() { self = ObjectTable() }

    // MARK: Records

    /// Lets records into a new object.
    mutating func add(_ object: CollectedObject) { open[object.place] = object }

    /// Lets no more records into an object.
    mutating func close(_ object: CollectedObject) {
        object.takesRecords = false
        open[object.place] = nil
        sealed.append(object)
    }

    /// Takes note that an object has got records.
    mutating func use(_ object: CollectedObject) {
        uses += 1
        object.lastUse = uses
    }

    // MARK: Plans

    mutating func plan(_ plan: S3State.Plan, at place: Place) {
        planned[place, default: []].append(plan)
    }

    /// What was decided of the object that a record belongs to.
    mutating func takePlan(of place: Place, _ number: UInt64) -> S3State.Plan? {
        guard
            let index = planned[place]?.firstIndex(where: { $0.end.map { number < $0 } ?? true })
        else { return nil }
        let plan = planned[place]?.remove(at: index)
        if planned[place]?.isEmpty == true { planned[place] = nil }
        return plan
    }

    /// Forgets plans of objects all of whose records are gone.
    ///
    /// - Parameter read: by source, the number behind the last record that was read.
    /// - Returns: those plans.
    mutating func dropPlans(endingBefore read: [UInt64]) -> [S3State.Plan] {
        var gone: [S3State.Plan] = []
        for (place, plans) in planned {
            let isGone = { (plan: S3State.Plan) in
                plan.end.map { read[place.source] >= $0 } ?? false
            }
            gone += plans.filter(isGone)
            let left = plans.filter { !isGone($0) }
            planned[place] = left.isEmpty ? nil : left
        }
        return gone
    }

    // MARK: Deliveries

    /// Records of a place before `end` are delivered.
    mutating func setDelivered(_ place: Place, before end: UInt64) { delivered[place] = end }

    /// The store has an object.
    mutating func finish(_ object: CollectedObject) {
        object.isDone = true
        // A later object must not make it look as if an earlier one of the same place were there.
        for one in sealed.filter({ $0.place == object.place }).sorted(by: { $0.start < $1.start }) {
            guard one.isDone else { break }
            sealed.removeAll { $0 === one }
            delivered[one.place] = one.end
        }
    }

    /// Forgets what is delivered before the floors of its source.
    mutating func forget(below floors: [UInt64]) {
        delivered = delivered.filter { $0.value > floors[$0.key.source] }
    }

    /// Whether something of a source is not delivered.
    func isWaiting(_ source: Int) -> Bool {
        open.keys.contains { $0.source == source }
            || sealed.contains { $0.place.source == source }
            || planned.keys.contains { $0.source == source }
    }

    /// Lowers the numbers, by source, to those of the first record that is not delivered.
    func lower(_ numbers: inout [UInt64]) {
        for object in all {
            numbers[object.place.source] = min(numbers[object.place.source], object.start)
        }
        for (place, plans) in planned {
            for plan in plans { numbers[place.source] = min(numbers[place.source], plan.start) }
        }
    }
}
