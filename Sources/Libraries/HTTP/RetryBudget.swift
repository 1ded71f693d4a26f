internal import Bytes

/// Bounds the retries of all requests of a client together: when nearly everything fails, retrying makes it worse.
///
/// Every retry takes one from the budget, every success puts some back.
package final class RetryBudget: Sendable {
    package static let defaultCapacity = 100.0
    package static let defaultRefund = 1.0

    private let capacity: Double
    private let refund: Double
    private let left: Guarded<Double>

    /// A full budget. `refund` is what a success puts back; with 1 the budget empties only when more than half of all
    /// attempts fail.
    package init(capacity: Double = defaultCapacity, refund: Double = defaultRefund) {
        self.capacity = capacity
        self.refund = refund
        left = Guarded(capacity)
    }

    /// Takes one retry; false when none is left.
    func take() -> Bool {
        left.withLock { left in
            guard left >= 1 else { return false }
            left -= 1
            return true
        }
    }

    func noteSuccess() {
        left.withLock { $0 = min(capacity, $0 + refund) }
    }
}
