import ArgumentParser
import Bytes

/// How long a Google Sheet must have been left alone before it is delivered. While somebody types, it is saved all the
/// time, and each saving would be a delivery.
struct QuietPeriod: Equatable, Sendable {
    static let defaultSeconds = 600

    let seconds: Int
    var now: @Sendable () -> UTCTime

    /// Why this version is not brought now; nil when it is due. A time that lies ahead counts as now.
    func reasonToWait(_ item: DriveItem) -> String? {
        guard item.isSheet, seconds > 0 else { return nil }
        let passed = max(0, (now().milliseconds - item.modified.milliseconds) / 1000)
        guard passed < seconds else { return nil }
        return "changed \(passed) s ago; it is brought when it has been left alone for \(seconds) s"
    }

    static func == (left: QuietPeriod, right: QuietPeriod) -> Bool { left.seconds == right.seconds }
}

/// A duration as people write it: `600`, `90s`, `10m`, `2h`, `1d`.
struct DurationOption: ExpressibleByArgument, Equatable, CustomStringConvertible {
    /// Longer ones are a mistake.
    static let limitSeconds = 7 * 86_400

    let seconds: Int

    init(seconds: Int) { self.seconds = seconds }

    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = argument.last.flatMap { units[$0] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard !digits.isEmpty, digits.utf8.count <= 6, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }),
            let number = Int(digits), number * (unit ?? 1) <= Self.limitSeconds
        else { return nil }
        seconds = number * (unit ?? 1)
    }

    var description: String { seconds % 60 == 0 && seconds > 0 ? "\(seconds / 60)m" : "\(seconds)s" }
}
