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
    var log = Log.silent
    var engine = OutputEngine()

    var writer: JSONLinesWriter
    var router: KeyRouter
    var packer: ObjectPacker
    var keys: KeyMaker
    private var isFirstOpen = true

    /// How far the journals are read and delivered.
    var places = JournalPlaces([])
    var objects = ObjectTable()
    /// Uploads that an earlier attempt began and will not end.
    var orphans: [S3State.Plan] = []

    /// Requests and what they are for.
    var requests = RequestTable()
    private var sender: StoreSender?
    var habits: StoreHabits
    /// Makes every `commit` wait for all answers; for tests.
    var waitsForAnswers = false

    var isHandingOver = false
    /// Whether the last commit has failed; also of one before the output was opened anew.
    var isInTrouble = false
    /// Why an object could not be packed.
    var planFailure: OperationError?
    public internal(set) var canCommitAgain = true
    public internal(set) var pause: Int64 = 0

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
        writer = JSONLinesWriter(dateKey: settings.dateKey)
        router = KeyRouter(settings.template)
        packer = ObjectPacker(settings.compression)
        keys = KeyMaker(settings.template, processIdentity: random)
        habits = StoreHabits(settings)
    }

    // MARK: State

    public func prepare(sources: [OutputSource], engine: OutputEngine) {
        places = JournalPlaces(sources)
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
        if isFirstOpen, let remark = settings.remark { log.warning(remark) }
        var state = S3State()
        if let saved = S3State(bytes) {
            state = saved
        } else {
            log.error("the saved state is not readable; what waits is delivered from the cursor on")
        }
        keys.resume(identity: state.identity, index: state.index)
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
        let sources = places.sources
        let numbers = Dictionary(
            sources.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        /// Of a source whose records have the numbers that they had.
        func number(_ name: String) -> Int? {
            numbers[name].flatMap { isFirstOpen && !sources[$0].isPersistent ? nil : $0 }
        }
        places = JournalPlaces(
            sources,
            floors: state.floors.compactMap { name, floor in
                number(name).map { (source: $0, floor: floor) }
            })
        for one in state.delivered {
            guard let source = number(one.source) else { continue }
            objects.setDelivered(
                .init(source: source, partition: one.partition), before: one.end)
            places.replay(source, before: one.end)
        }
        for plan in state.plans.sorted(by: { $0.start < $1.start }) {
            guard let source = number(plan.source) else { continue }
            objects.plan(plan, at: .init(source: source, partition: plan.partition))
            places.replay(source, before: plan.end ?? plan.start + 1)
        }
    }

    var state: S3State {
        var state = S3State()
        state.identity = keys.identity
        state.index = keys.index
        state.fingerprint = settings.fingerprint
        for (source, floor) in zip(places.sources, places.floors) {
            state.floors[source.name] = floor
        }
        state.delivered = objects.delivered.map {
            S3State.Delivered(
                source: places.sources[$0.key.source].name, partition: $0.key.partition,
                end: $0.value)
        }.sorted { ($0.source, $0.partition) < ($1.source, $1.partition) }
        let decided = objects.all.compactMap { plan(of: $0) } + objects.planned.values.joined()
        state.plans = decided.sorted {
            ($0.source, $0.partition, $0.start) < ($1.source, $1.partition, $1.start)
        }
        return state
    }

    private func plan(of object: CollectedObject) -> S3State.Plan? {
        guard let key = object.key else { return nil }
        return S3State.Plan(
            source: places.sources[object.place.source].name, partition: object.place.partition,
            key: key, start: object.start,
            end: object.isSealed ? object.end : object.plan?.end,
            count: object.isSealed ? object.count : object.plan?.count ?? 0,
            isMultipart: object.isMultipart, upload: object.upload, time: object.time)
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
        places.read[origin.source] = number
    }

    // MARK: What is delivered

    public func delivered(of source: Int) -> UInt64 {
        objects.isWaiting(source) ? places.floors[source] : .max
    }

    /// The store has an object.
    func finish(_ object: CollectedObject) {
        objects.finish(object)
        guard let key = object.key else { return }
        log.debug("\(key): \(object.count) records")
        if keys.hasReplaced(key, of: object.place, remembering: settings.openLimit) {
            log.warning(
                "\(ErrorCode.objectOverwritten.text): \(key) was written again and has lost the "
                    + "records it had")
        }
    }

    /// Forgets what lies before the first record that is not delivered.
    func raiseFloors() {
        var lowest = places.read
        objects.lower(&lowest)
        places.raiseFloors(to: lowest)
        objects.forget(below: places.floors)
    }

    public func handOver() { isHandingOver = true }

    public var deadline: Timestamp? {
        if sender?.hasNews == true { return Timestamp(nanoseconds: 0) }
        return objects.oldest.map { Timestamp(nanoseconds: $0.nanoseconds + settings.timeout) }
    }

    public func close() {
        sender?.cancel()
        requests.removeAll()
        router.forgetObjects()
        objects.removeAll()
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
