import Codec
public import Core
import ObjectStore
import System

/// Collects records into objects of an S3-compatible store, exactly once: the `s3` output.
///
/// Every object takes the records of one input and one partition of the key format, from one number
/// in the journal up to another. Both numbers and the key are saved before the first byte is
/// sent, so an attempt after a crash makes the same object again. The cursor moves when the store
/// has confirmed; what is delivered ahead of it is kept in the state and passed over when it is
/// read again.
public final class S3Output: CollectingOutput {
    public static let info = PluginInfo(
        kind: .output, name: "s3", summary: "Collects records into objects of an S3 store",
        options: S3Settings.options,
        inert: [
            "store_dir": "what waits lies in the journal below 'storage.path'",
            "store_dir_limit_size": "'storage.total_limit_size' limits what waits",
            "preserve_data_ordering": "the records of an object are always in order",
            "auto_retry_requests": "requests are tried again until they succeed",
            "retry_exhausted_action": "requests are tried again until they succeed",
            "quarantine_dir_limit_size": "requests are tried again until they succeed",
        ])

    var settings: S3Settings
    let clock: @Sendable () -> Timestamp
    /// Requests and what they are for.
    var requests = RequestTable()
    private var sender: StoreSender?
    var engine = OutputEngine()
    /// Makes every `commit` wait for all answers; for tests.
    var waitsForAnswers = false
    var log = Log.silent
    var writer: JSONLinesWriter
    var router: KeyRouter
    var packer: ObjectPacker

    private(set) var sources: [OutputSource] = []
    private var isFirstOpen = true
    /// What keys are made unique with: of this storage, and of this process for records that do not
    /// outlive it.
    private var identity: UInt64 = 0
    private let processIdentity: UInt64
    private var index: UInt64 = 0

    /// By source: the number behind the last record that was written.
    var read: [UInt64] = []
    /// By source: all records before are delivered.
    var floors: [UInt64] = []
    /// By source: records before may be delivered, or belong to an object that was decided on.
    var replayEnds: [UInt64] = []
    /// Objects that take records.
    var objects: [CollectedObject.Place: CollectedObject] = [:]
    /// Objects that are whole and not delivered.
    var sealed: [CollectedObject] = []
    /// What was decided and has no record again yet, in the order of the journal.
    var planned: [CollectedObject.Place: [S3State.Plan]] = [:]
    /// Partitions that are delivered up to a number ahead of their source's floor.
    var delivered: [CollectedObject.Place: UInt64] = [:]
    /// Uploads that an earlier attempt began and will not end.
    var orphans: [S3State.Plan] = []

    var isHandingOver = false
    /// Whether the last commit has failed; also of one before the output was opened anew.
    var isInTrouble = false
    /// Why an object could not be packed.
    var planFailure: OperationError?
    public internal(set) var canCommitAgain = true
    public internal(set) var pause: Int64 = 0
    /// Requests at once: fewer after the store has asked for it.
    var parallel: Int
    var mismatches = 0
    var checksETag: Bool
    /// Turned off when the store does not know it.
    var checksum: ObjectChecksum.Algorithm?
    var uses = 0
    /// Keys delivered last, where nothing in them tells objects apart.
    private var lastKeys: [CollectedObject.Place: String] = [:]

    public convenience init(settings: PluginSettings) throws(SettingsError) {
        try self.init(settings: settings, clock: { .now() }, random: Process.randomUInt64())
    }

    /// - Parameters:
    ///   - clock: the wall clock.
    ///   - random: tells this process from others.
    init(
        settings: PluginSettings, clock: @escaping @Sendable () -> Timestamp, random: UInt64
    ) throws(SettingsError) {
        let settings = try S3Settings(settings)
        self.settings = settings
        self.clock = clock
        processIdentity = max(random, 1)
        writer = JSONLinesWriter(dateKey: settings.dateKey)
        router = KeyRouter(settings.template)
        packer = ObjectPacker(settings.compression)
        parallel = settings.parallel
        checksETag = settings.checksETag
        checksum = settings.checksum
    }

    // MARK: State

    public func prepare(sources: [OutputSource], engine: OutputEngine) {
        self.sources = sources
        self.engine = engine
    }

    /// For reading back, which waits for every answer.
    lazy var reader = makeClient()

    func makeClient() -> StoreClient {
        StoreClient(
            settings.endpoint, credentials: settings.makeChain(clock: clock),
            transport: settings.transport, clock: clock)
    }

    /// What sends the requests, on a thread of its own.
    var transfers: StoreSender {
        if let sender { return sender }
        let made = StoreSender(makeClient(), onAnswer: engine.wake)
        sender = made
        return made
    }

    public func open(resuming bytes: [UInt8], log: Log) throws(OperationError) {
        close()
        self.log = log
        try packer.open()
        if isFirstOpen, settings.compression == .gzip, let remark = GzipEncoder.remark {
            log.info(remark)
        }
        var state = S3State()
        if let saved = S3State(bytes) {
            state = saved
        } else {
            log.error("the saved state is not readable; what waits is delivered from the cursor on")
        }
        if state.identity == 0 { state.identity = processIdentity }
        identity = state.identity
        index = state.index
        orphans = state.plans.filter(\.isMultipart)
        if state.fingerprint != settings.fingerprint, !bytes.isEmpty {
            if !state.plans.isEmpty || !state.delivered.isEmpty {
                log.warning(
                    "the key format is another one: what was not complete is delivered again "
                        + "under new keys")
            }
            state.plans = []
            state.delivered = []
        }
        restore(state)
        isFirstOpen = false
    }

    private func restore(_ state: S3State) {
        let numbers = Dictionary(
            sources.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        /// Of a source whose records have the numbers that they had.
        func number(_ name: String) -> Int? {
            numbers[name].flatMap { isFirstOpen && !sources[$0].isPersistent ? nil : $0 }
        }
        floors = Array(repeating: 0, count: sources.count)
        for (name, floor) in state.floors {
            if let source = number(name) { floors[source] = floor }
        }
        read = floors
        replayEnds = floors
        for one in state.delivered {
            guard let source = number(one.source) else { continue }
            delivered[.init(source: source, partition: one.partition)] = one.end
            replayEnds[source] = max(replayEnds[source], one.end)
        }
        for plan in state.plans.sorted(by: { $0.start < $1.start }) {
            guard let source = number(plan.source) else { continue }
            planned[.init(source: source, partition: plan.partition), default: []].append(plan)
            replayEnds[source] = max(replayEnds[source], plan.end ?? plan.start + 1)
        }
    }

    var state: S3State {
        var state = S3State()
        state.identity = identity
        state.index = index
        state.fingerprint = settings.fingerprint
        for (source, floor) in zip(sources, floors) { state.floors[source.name] = floor }
        state.delivered = delivered.map {
            S3State.Delivered(
                source: sources[$0.key.source].name, partition: $0.key.partition, end: $0.value)
        }.sorted { ($0.source, $0.partition) < ($1.source, $1.partition) }
        let decided =
            (sealed + objects.values).compactMap { plan(of: $0) } + planned.values.joined()
        state.plans = decided.sorted {
            ($0.source, $0.partition, $0.start) < ($1.source, $1.partition, $1.start)
        }
        return state
    }

    private func plan(of object: CollectedObject) -> S3State.Plan? {
        guard let key = object.key else { return nil }
        return S3State.Plan(
            source: sources[object.place.source].name, partition: object.place.partition,
            key: key, start: object.start,
            end: object.isSealed ? object.end : object.plan?.end,
            count: object.isSealed ? object.count : object.plan?.count ?? 0,
            isMultipart: object.isMultipart, upload: object.upload, time: object.time)
    }

    /// Gives an object its key, from where it begins.
    func decideKey(of object: CollectedObject) {
        if object.key != nil { return }
        let source = sources[object.place.source]
        let owner = source.isPersistent ? identity : processIdentity
        object.key = settings.template.key(
            of: object.place.partition,
            KeyTemplate.First(
                time: object.time,
                uuid: ObjectName.text(
                    "\(owner)/\(source.name)/\(object.start)/\(object.place.partition)"),
                index: index, record: object.start))
        index += 1
    }

    // MARK: Writing

    public func write(_ batch: borrowing RecordBatch) throws(OperationError) {
        preconditionFailure("the engine tells where batches come from")
    }

    public func write(
        _ batch: borrowing RecordBatch, from origin: BatchOrigin
    ) throws(OperationError) {
        var number = origin.firstRecord
        for run in batch.runs where run.count > 0 {
            try write(run, of: batch, from: origin.source, number)
            number += UInt64(run.count)
        }
        read[origin.source] = number
    }

    // MARK: What is delivered

    public func delivered(of source: Int) -> UInt64 {
        isWaiting(source) ? floors[source] : .max
    }

    private func isWaiting(_ source: Int) -> Bool {
        objects.keys.contains { $0.source == source }
            || sealed.contains { $0.place.source == source }
            || planned.keys.contains { $0.source == source }
    }

    /// The store has an object.
    func finish(_ object: CollectedObject) {
        object.isDone = true
        // A later object must not make it look as if an earlier one of the same place were there.
        for one in sealed.filter({ $0.place == object.place }).sorted(by: { $0.start < $1.start }) {
            guard one.isDone else { break }
            sealed.removeAll { $0 === one }
            delivered[one.place] = one.end
        }
        log.debug("\(object.key ?? ""): \(object.count) records")
        guard !settings.template.tellsObjectsApart, let key = object.key else { return }
        if lastKeys[object.place] == key {
            log.warning(
                "\(ErrorCode.objectOverwritten.text): \(key) was written again and has lost the "
                    + "records it had")
        }
        if lastKeys.count > settings.openLimit { lastKeys.removeAll() }
        lastKeys[object.place] = key
    }

    /// Forgets what lies before the first record that is not delivered.
    func raiseFloors() {
        var lowest = read
        let starts =
            (sealed + objects.values).map { ($0.place.source, $0.start) }
            + planned.values.joined().map { plan in
                (sources.firstIndex { $0.name == plan.source } ?? 0, plan.start)
            }
        for (source, start) in starts { lowest[source] = min(lowest[source], start) }
        for source in floors.indices { floors[source] = max(floors[source], lowest[source]) }
        delivered = delivered.filter { $0.value > floors[$0.key.source] }
    }

    public func handOver() { isHandingOver = true }

    public var deadline: Timestamp? {
        if sender?.hasNews == true { return Timestamp(nanoseconds: 0) }
        let oldest = objects.values.filter { $0.plan?.end == nil }.map(\.opened).min()
        return oldest.map { Timestamp(nanoseconds: $0.nanoseconds + settings.timeout) }
    }

    public func close() {
        sender?.cancel()
        requests.removeAll()
        router.forgetObjects()
        objects.removeAll()
        sealed.removeAll()
        planned.removeAll()
        delivered.removeAll()
        orphans.removeAll()
        isHandingOver = false
        planFailure = nil
        canCommitAgain = true
        pause = 0
    }

    public func destination(of row: Row, tag: String, received: Timestamp) -> String {
        let partition = router.partition(of: row, tag: tag, received: received).text
        let key = settings.template.key(
            of: partition,
            KeyTemplate.First(
                time: row.eventTime ?? received, uuid: "$UUID", index: 0, record: 0))
        return "s3://\(settings.endpoint.bucket)/\(key)"
    }
}
