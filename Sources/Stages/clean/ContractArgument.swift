internal import Bytes
internal import Contracts
internal import StageKit

/// The contract that a user names as `FILE` or `FILE#dataset`.
enum ContractArgument {
    static func load(_ argument: String, _ log: Log) throws(StageFailure) -> (Contract, Dataset) {
        let parts = argument.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.count > 1 ? String(parts[1]) : nil
        do throws(ContractError) {
            let contract = try Contract.load(path: String(parts[0]))
            return (contract, try contract.dataset(named: name))
        } catch {
            throw failure(error, log)
        }
    }

    /// Says everything that is wrong; the last line becomes the failure's.
    static func failure(_ error: ContractError, _ log: Log) -> StageFailure {
        let messages = error.messages
        for message in messages.dropLast() { log.error(message) }
        return .badConfiguration(messages.last ?? error.description)
    }
}

/// `clean --sources`: the dbt source that the contracts describe, as YAML.
enum ContractSources {
    static func write(_ paths: [String], to output: String, _ log: Log) throws(StageFailure) {
        var contracts: [Contract] = []
        for path in paths {
            do throws(ContractError) {
                contracts.append(try Contract.load(path: path))
            } catch {
                throw ContractArgument.failure(error, log)
            }
        }
        do throws(IOError) {
            var file = try DataOutput(output)
            try file.append(Array(DbtSources.write(contracts).utf8))
            try file.finish()
            _ = try file.publish()
        } catch {
            throw .output(error)
        }
    }
}
