internal import Synchronization

/// Says from anywhere that work shall end: from another thread, or from a signal handler, since setting it is one
/// atomic store. Long waits look at it several times a second.
package final class StopFlag: Sendable {
    private let number = Atomic<Int32>(0)

    package init() {}

    /// The signal that asked, or 0 when nothing did.
    package var signalNumber: Int32 { number.load(ordering: .acquiring) }

    package var isSet: Bool { signalNumber != 0 }

    /// Asks for the end. `signalNumber` must not be 0; SIGTERM when no signal is meant.
    package func set(signalNumber: Int32 = 15) { number.store(signalNumber, ordering: .releasing) }
}
