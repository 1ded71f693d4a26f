import Bytes
import HTTP
import Testing

@testable import drive_pull

@Suite struct QuotaPaceTests {
    /// A clock that only moves when somebody sleeps.
    private final class StandingClock: Sendable {
        private let seconds = Guarded(0.0)

        var now: Double { seconds.withLock { $0 } }

        func pass(_ more: Double) { seconds.withLock { $0 += more } }

        var clock: HTTPClock {
            HTTPClock(
                monotonicSeconds: { [self] in now }, now: { UTCTime(clampingMilliseconds: 0) },
                sleep: { [self] seconds, _ in pass(seconds) })
        }
    }

    @Test func aMinutesWorthIsThereAtOnceAndThenAsMuchAsIsAllowed() {
        let standing = StandingClock()
        let pace = QuotaPace(unitsPerMinute: 6_000, clock: standing.clock)
        for _ in 0..<30 { pace.take(QuotaPace.Cost.download) }
        #expect(standing.now == 0)
        for _ in 0..<30 { pace.take(QuotaPace.Cost.download) }
        #expect(abs(standing.now - 60) < 0.001)
    }

    @Test func whatIsNotUsedDoesNotPileUp() {
        let standing = StandingClock()
        let pace = QuotaPace(unitsPerMinute: 600, clock: standing.clock)
        standing.pass(3600)
        for _ in 0..<3 { pace.take(QuotaPace.Cost.download) }
        #expect(standing.now == 3600)
        pace.take(QuotaPace.Cost.download)
        #expect(abs(standing.now - 3620) < 0.001)
    }
}
