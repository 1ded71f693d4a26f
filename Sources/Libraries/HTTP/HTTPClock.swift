package import Bytes
internal import Glibc

/// The client's view of time, given from outside so that tests need not wait.
package struct HTTPClock: Sendable {
    /// How often a sleep looks at the stop flag.
    package static let stopCheckSeconds = 0.1

    /// Seconds on a clock that only goes forward.
    package let monotonicSeconds: @Sendable () -> Double
    /// The time of day, against which servers state dates.
    package let now: @Sendable () -> UTCTime
    /// Waits, and returns early when the flag is set.
    package let sleep: @Sendable (_ seconds: Double, StopFlag?) -> Void

    package init(
        monotonicSeconds: @escaping @Sendable () -> Double, now: @escaping @Sendable () -> UTCTime,
        sleep: @escaping @Sendable (_ seconds: Double, StopFlag?) -> Void
    ) {
        self.monotonicSeconds = monotonicSeconds
        self.now = now
        self.sleep = sleep
    }

    /// The clocks of the system.
    package static let system = HTTPClock(
        monotonicSeconds: {
            let time = read(CLOCK_MONOTONIC)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        },
        now: {
            let time = read(CLOCK_REALTIME)
            return UTCTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
        },
        sleep: { seconds, stop in
            var rest = seconds
            while rest > 0, stop?.isSet != true {
                let step = min(rest, stopCheckSeconds)
                var time = timespec(tv_sec: 0, tv_nsec: Int(step * 1e9))
                nanosleep(&time, nil)
                rest -= step
            }
        })

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
