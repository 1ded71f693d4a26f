internal import ArgumentParser
internal import Contracts

/// How many refused rows a run may have: a number, or a share of the rows read such as `2.5%`.
enum RejectLimit: ExpressibleByArgument, Equatable, Sendable {
    case rows(Int)
    case share(Share)

    init?(argument: String) {
        if let share = Share(percentText: argument) {
            self = .share(share)
        } else if let rows = Int(argument), rows >= 0 {
            self = .rows(rows)
        } else {
            return nil
        }
    }

    /// True when `rejected` of `read` rows are more than allowed.
    func isExceeded(rejected: Int, read: Int) -> Bool {
        switch self {
        case .rows(let limit): rejected > limit
        case .share(let share): share.isExceeded(by: rejected, of: read)
        }
    }

    var description: String {
        switch self {
        case .rows(let limit): "\(limit) rows"
        case .share(let share): share.description
        }
    }
}
