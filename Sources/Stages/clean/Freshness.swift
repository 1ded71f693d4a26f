internal import ArgumentParser
internal import Bytes
internal import Contracts
internal import NDJSON

/// The time that `--now` gives. Data never depends on a clock; whether it is fresh can only be asked with a time.
struct TimeArgument: ExpressibleByArgument, Equatable, Sendable {
    /// Since 1970-01-01T00:00:00 UTC.
    let microseconds: Int64

    /// ISO 8601; without an offset it is UTC.
    init?(argument: String) {
        guard let stamp = DateText.parseTimestamp(Array(argument.utf8).span.bytes) else { return nil }
        microseconds = stamp.instant
    }
}

/// An agreed age that the newest value of a column must not exceed (`latency` or `freshness` of slaProperties). Wall-clock
/// columns are compared as if their clocks showed UTC.
struct Freshness: Sendable {
    let field: Int
    let limitSeconds: Int64
    /// As in `orders.order_purchase_timestamp`.
    let element: String

    /// The agreements about columns of this dataset that hold days or timestamps.
    static func agreements(_ contract: Contract, _ dataset: Dataset) -> [Freshness] {
        contract.serviceLevels.compactMap { level in
            guard level.property == "latency" || level.property == "freshness", let element = level.element,
                let unit = seconds(level.unit), let count = Int64(level.value), count < 1 << 30
            else { return nil }
            let parts = element.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, parts[0] == dataset.name, let field = dataset.index(of: String(parts[1])) else {
                return nil
            }
            switch dataset.fields[field].type {
            case .date, .timestamp: return Freshness(field: field, limitSeconds: count * unit, element: element)
            default: return nil
            }
        }
    }

    private static func seconds(_ unit: String?) -> Int64? {
        switch unit {
        case "m", "minute", "minutes": 60
        case "h", "hour", "hours": 3600
        case "d", "day", "days", nil: 86_400
        case "y", "year", "years": 365 * 86_400
        default: nil
        }
    }

    /// The time of a value, given as canonical JSON.
    static func microseconds(_ json: RawSpan) -> Int64? {
        guard json.byteCount > 2 else { return nil }
        return DateText.parseTimestamp(json.extracting(1..<json.byteCount - 1))?.instant
    }

    /// How old the newest value is, for the report, and a warning where it is too old.
    func verdict(newest: Int64?, now: TimeArgument) -> (report: JSONValue, warning: String?) {
        let age = newest.map { (now.microseconds - $0) / 1_000_000 }
        let isFresh = age.map { $0 <= limitSeconds } ?? false
        let report: JSONValue = .object([
            "element": .string(element), "age_seconds": age.map { .integer($0) } ?? .null,
            "limit_seconds": .integer(limitSeconds), "verdict": .string(isFresh ? "passed" : "failed"),
        ])
        if isFresh { return (report, nil) }
        let shown = age.map { "is \($0) seconds old" } ?? "does not exist"
        return (report, "the newest value of \(element) \(shown); \(limitSeconds) are agreed")
    }
}
