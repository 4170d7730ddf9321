import Core

/// The filters of one input, in order.
///
/// Belongs to the input's thread: filters keep caches without locks.
final class FilterChain {
    private let steps: [(filter: any Filter, ledger: FilterLedger)]

    init(_ steps: [(filter: any Filter, ledger: FilterLedger)]) { self.steps = steps }

    /// Runs the batch through every filter; stops when nothing is left.
    func apply(to batch: inout RecordBatch) {
        for step in steps {
            let before = batch.count
            step.filter.apply(to: &batch)
            if batch.count < before { step.ledger.countDropped(before - batch.count) }
            if batch.isEmpty { return }
        }
    }
}
