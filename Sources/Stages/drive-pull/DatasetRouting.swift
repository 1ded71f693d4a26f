import Contracts
import StageKit

/// Which dataset each file belongs to, by the contracts; without contracts, none.
struct DatasetRouting {
    private let routing: SourceRouting?

    init(contracts path: String?, log: Log) throws(StageFailure) {
        guard let path else {
            routing = nil
            return
        }
        do throws(ContractError) {
            routing = try ContractDirectory.load(path: path).routing
        } catch {
            let messages = error.messages
            for message in messages.dropLast() { log.error(message) }
            throw .badConfiguration(messages.last ?? error.description)
        }
    }

    /// Whether files are routed at all.
    var isActive: Bool { routing != nil }

    /// A file that matches two contracts is told as exit 78, all such files at once.
    func check(_ drivePaths: [String], log: Log) throws(StageFailure) {
        var messages: [String] = []
        for path in drivePaths {
            if case .many(let datasets)? = routing?.route(path) {
                messages.append("\(path): belongs to more than one contract: \(datasets.joined(separator: ", "))")
            }
        }
        guard let last = messages.popLast() else { return }
        for message in messages { log.error(message) }
        throw .badConfiguration(last)
    }

    /// The dataset of a path that has passed `check`.
    func dataset(of drivePath: String) -> String? {
        if case .one(let dataset)? = routing?.route(drivePath) { dataset } else { nil }
    }
}
