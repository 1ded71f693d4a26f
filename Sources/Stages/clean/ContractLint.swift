internal import Contracts
internal import StageKit

/// `clean --lint`: reads contracts as a run would, and says all that is wrong or doubtful.
enum ContractLint {
    static func check(_ paths: [String], _ log: Log) throws(StageFailure) {
        var contracts: [Contract] = []
        var failed = 0
        for path in paths {
            do throws(ContractError) {
                let contract = try Contract.load(path: path)
                for warning in contract.warnings { log.warning("\(path):\(warning)") }
                contracts.append(contract)
                if !isReady(contract, log) { failed += 1 }
            } catch {
                for message in error.messages { log.error(message) }
                failed += 1
            }
        }
        if failed == 0, !agree(contracts, log) { failed = 1 }
        if failed > 0 {
            throw .badConfiguration("\(failed) of \(paths.count) contracts \(failed == 1 ? "has" : "have") errors")
        }
        log.info("\(paths.count) \(paths.count == 1 ? "contract has" : "contracts have") no errors")
    }

    /// Whether rows could be cleaned by all datasets of a contract.
    private static func isReady(_ contract: Contract, _ log: Log) -> Bool {
        var isReady = true
        for dataset in contract.datasets {
            do throws(StageFailure) {
                _ = try CleaningPlan(dataset)
                for line in try DateSample.lines(dataset) { log.detail(line) }
            } catch {
                log.error(error.message ?? "")
                isReady = false
            }
        }
        return isReady
    }

    /// Whether foreign keys lead somewhere, and no dataset is described twice. One file alone cannot say.
    private static func agree(_ contracts: [Contract], _ log: Log) -> Bool {
        guard contracts.count > 1 else {
            let count = contracts.first?.datasets.reduce(0) { $0 + $1.references.count } ?? 0
            if count > 0 {
                log.info(
                    "foreign keys not followed (\(count)): name all contracts together to see whether they lead somewhere"
                )
            }
            return true
        }
        do throws(ContractError) {
            _ = try ContractDirectory(contracts)
            return true
        } catch {
            for message in error.messages { log.error(message) }
            return false
        }
    }
}
