/// When a delivery is set aside instead of becoming current.
package struct GuardSettings: Equatable, Sendable {
    package enum RejectLimit: Equatable, Sendable {
        case rows(Int)
        case share(Share)
    }

    /// Nil: any number of rows may be refused.
    package let maximumRejects: RejectLimit?
    /// The largest part of the previous good delivery's rows that may be gone.
    package let maximumShrink: Share

    static let defaultShrink = Share(hundredths: 80_00)

    /// What a delivery breaches first, or nil.
    ///
    /// - Parameters:
    ///   - read: the rows that clean read; `rejected` of them were refused.
    ///   - emitted: the rows that clean wrote.
    ///   - previousEmitted: the same of the file's previous good delivery, nil when there is none.
    package func breach(read: Int, rejected: Int, emitted: Int, previousEmitted: Int?) -> GuardBreach? {
        switch maximumRejects {
        case .rows(let limit)? where rejected > limit:
            return .rejects(rejected: rejected, read: read, limit: String(limit))
        case .share(let share)? where share.isExceeded(by: rejected, of: read):
            return .rejects(rejected: rejected, read: read, limit: share.description)
        default:
            break
        }
        if let previousEmitted, emitted < previousEmitted,
            maximumShrink.isExceeded(by: previousEmitted - emitted, of: previousEmitted)
        {
            return .shrink(emitted: emitted, previous: previousEmitted, limit: maximumShrink.description)
        }
        return nil
    }
}

/// Why a delivery is set aside.
package enum GuardBreach: Equatable, Sendable, CustomStringConvertible {
    case rejects(rejected: Int, read: Int, limit: String)
    case shrink(emitted: Int, previous: Int, limit: String)

    package var description: String {
        switch self {
        case .rejects(let rejected, let read, let limit):
            "\(rejected) of \(read) rows were refused, more than maxRejects \(limit) allows"
        case .shrink(let emitted, let previous, let limit):
            "\(emitted) rows after \(previous) in the previous delivery, a shrinkage beyond maxShrink \(limit)"
        }
    }
}

/// A part of a whole, exact to a hundredth of a percent.
package struct Share: Equatable, Sendable, CustomStringConvertible {
    /// 5% is 500.
    package let hundredths: Int

    package init(hundredths: Int) { self.hundredths = hundredths }

    /// From `5%` or `12.5%`, up to `100%` and with at most two decimals; nil for any other text.
    package init?(percentText text: String) {
        guard text.hasSuffix("%") else { return nil }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...2).contains(parts.count), (1...3).contains(whole.utf8.count) else {
            return nil
        }
        let decimals = parts.count == 2 ? parts[1] : "0"
        guard (1...2).contains(decimals.utf8.count), (whole + decimals).utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let units = Int(whole), let digits = Int(decimals)
        else { return nil }
        hundredths = units * 100 + (decimals.utf8.count == 1 ? digits * 10 : digits)
        guard hundredths <= 100_00 else { return nil }
    }

    /// Whether `part` is more than this share of `whole`, without rounding.
    package func isExceeded(by part: Int, of whole: Int) -> Bool {
        Int128(part) * 100_00 > Int128(hundredths) * Int128(whole)
    }

    package var description: String {
        let (units, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return "\(units)%" }
        return rest % 10 == 0 ? "\(units).\(rest / 10)%" : "\(units).\(rest < 10 ? "0" : "")\(rest)%"
    }
}
