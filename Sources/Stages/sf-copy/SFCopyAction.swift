internal import ArgumentParser
internal import Contracts
internal import StageKit

/// How rows come into a table.
enum LoadMode: String, ExpressibleByArgument, CaseIterable {
    /// By deliveries, with their history.
    case deliver
    /// Each file's rows once, whatever is there.
    case append
    /// The files' rows in the place of all that is there.
    case replace
    /// The files' rows in the place of those with the same key.
    case merge
}

/// The one thing that a run does.
enum SFCopyAction: Equatable {
    case createOnly
    case deliver(manifest: String)
    case files(LoadMode?)
    case pending
    case accept(delivery: String)
    case recordRun(String)
    case martsDue(String)
    case diagnose
    case rows(TableName)
    case dropTrial
}

extension SFCopy {
    /// What the options ask for. Everything that contradicts itself is usage.
    func chooseAction() throws(StageFailure) -> SFCopyAction {
        let shownTable = try rows.map { (name) throws(StageFailure) in
            guard let table = TableName(name, forReading: true) else { throw .usage("--rows \(name): not schema.name") }
            return table
        }
        let wanted: [SFCopyAction?] = [
            pending ? .pending : nil, accept.map { .accept(delivery: $0) }, recordRun.map { .recordRun($0) },
            martsDue.map { .martsDue($0) }, diagnosis ? .diagnose : nil, shownTable.map { .rows($0) },
            dropTrial ? .dropTrial : nil,
            pending ? nil : manifest.map { .deliver(manifest: $0) },
            files.isEmpty ? nil : .files(mode),
        ]
        let actions = wanted.compactMap { $0 }
        guard actions.count <= 1 else {
            throw .usage(
                "--manifest, --pending, --accept, --record-run, --marts-due, --diagnose, --rows, --drop-trial and files "
                    + "exclude each other")
        }
        guard lockTimeout >= 0, lockTimeout <= 86_400 else { throw .usage("--lock-timeout is 0 to 86400 seconds") }
        if evolve, !create { throw .usage("--evolve goes with --create") }
        if table != nil, files.isEmpty, !create { throw .usage("--table goes with files or --create") }
        if retry, !pending { throw .usage("--retry goes with --pending") }
        guard let action = actions.first else {
            guard create else { throw .usage("nothing to do: give --manifest, --pending, --accept, --create or files") }
            return .createOnly
        }
        if let mode, (mode == .deliver) == !files.isEmpty {
            throw .usage("--mode \(mode.rawValue) needs \(mode == .deliver ? "--manifest instead of files" : "files")")
        }
        switch action {
        case .files where contract == nil: throw .usage("files need --contract")
        case .files(nil): throw .usage("files need --mode append, replace or merge")
        case .deliver where contract == nil: throw .usage("--manifest needs --contract")
        case .pending where contracts == nil: throw .usage("--pending needs --contracts")
        case .accept(let delivery) where !DeliveryRecord.isDeliveryID(delivery):
            throw .usage("--accept \(delivery): a delivery is 16 hexadecimal digits")
        default: return action
        }
    }

    func openWarehouse(log: Log) throws(StageFailure) -> any Warehouse {
        switch try TargetAddress(to) {
        case .duckdb(let file):
            let program = try DuckDBProgram.find(
                named: Environment.value("SLUICE_DUCKDB"), searchPath: Environment.value("PATH"))
            return DuckDBWarehouse(file: file, program: program, lockTimeout: lockTimeout)
        case .snowflake(let connection): return try openSnowflake(connection, log: log)
        }
    }

    /// The table that `--table` names, or nil.
    func tableName() throws(StageFailure) -> TableName? {
        guard let table else { return nil }
        guard let name = TableName(table) else { throw .usage("--table \(table): not schema.name, or a table of ops") }
        return name
    }

    /// The dataset that `--contract FILE[#schema]` names.
    func loadDataset(_ argument: String, log: Log) throws(StageFailure) -> Dataset {
        try loadContract(argument, log: log).dataset
    }

    /// The same, with the contract that it stands in.
    func loadContract(_ argument: String, log: Log) throws(StageFailure) -> (contract: Contract, dataset: Dataset) {
        let parts = argument.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        do throws(ContractError) {
            let contract = try Contract.load(path: parts[0])
            return (contract, try contract.dataset(named: parts.count == 2 ? parts[1] : nil))
        } catch {
            throw Self.failure(error, log: log)
        }
    }

    func loadContracts(_ folder: String, log: Log) throws(StageFailure) -> ContractDirectory {
        do throws(ContractError) {
            return try ContractDirectory.load(path: folder)
        } catch {
            throw Self.failure(error, log: log)
        }
    }

    /// All that is wrong with a contract is told, the last line as the reason of the exit.
    private static func failure(_ error: ContractError, log: Log) -> StageFailure {
        let messages = error.messages
        for message in messages.dropLast() { log.error(message) }
        return .badConfiguration(messages.last ?? error.description)
    }
}
