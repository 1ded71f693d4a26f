import Bytes
import HTTP

/// Keeps a run within what Google allows one user: 325,000 quota units a minute and project, as projects have had since
/// May 2026. A run may begin with a full minute's worth; projects with other limits say so by refusing.
final class QuotaPace: Sendable {
    static let defaultUnitsPerMinute = 325_000
    /// What the kinds of requests cost.
    enum Cost { static let get = 5, list = 100, download = 200 }

    private struct State {
        var units: Double
        var at: Double
    }

    private let unitsPerMinute: Double
    private let clock: HTTPClock
    private let state: Guarded<State>

    init(unitsPerMinute: Int, clock: HTTPClock) {
        self.unitsPerMinute = Double(max(1, unitsPerMinute))
        self.clock = clock
        state = Guarded(State(units: self.unitsPerMinute, at: clock.monotonicSeconds()))
    }

    /// Waits until a request of this cost is due.
    func take(_ units: Int) {
        let wait = state.withLock { state in
            let now = clock.monotonicSeconds()
            state.units = min(unitsPerMinute, state.units + (now - state.at) * unitsPerMinute / 60)
            state.at = now
            state.units -= Double(units)
            return state.units < 0 ? -state.units * 60 / unitsPerMinute : 0
        }
        if wait > 0 { clock.sleep(wait, nil) }
    }
}
