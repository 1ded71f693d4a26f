internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit

/// Loads the lines of a manifest into one dataset's landing table: one transaction per delivery, in order of delivery,
/// deletions last.
struct DeliveryLoader {
    /// How often a delivery is decided anew because another process loaded the dataset in between.
    static let fenceRetryLimit = 100

    let warehouse: any Warehouse
    let dataset: Dataset
    let run: String?
    let log: Log
    /// Print the statements instead of running them.
    let isDryRun: Bool

    private var files: [String] = []
    private var state = WarehouseState()
    private var hasSetback = false
    let table: TableShape

    init(warehouse: any Warehouse, dataset: Dataset, run: String?, log: Log, isDryRun: Bool) {
        self.warehouse = warehouse
        self.dataset = dataset
        self.run = run
        self.log = log
        self.isDryRun = isDryRun
        table = TableShape.landing(dataset)
    }

    /// What was done for one line.
    struct Result {
        let line: DeliveryLine
        let outcome: LoadOutcome
        /// Empty when nothing had to be done.
        let statements: [String]
    }

    /// The order of loading. Deletions wait for the end, for whatever goes wrong before holds them back.
    static func ordered(_ lines: [DeliveryLine]) -> [DeliveryLine] {
        lines.sorted { left, right in
            if left.isDeletion != right.isDeletion { return right.isDeletion }
            return (left.record.deliveredAt, left.record.delivery) < (right.record.deliveredAt, right.record.delivery)
        }
    }

    /// Reads what the warehouse knows of the files of all lines that are to be loaded, and which tables it has.
    mutating func readState(for lines: [DeliveryLine]) throws(WarehouseError) -> WarehouseCatalog {
        var seen: Set<[UInt8]> = []
        files = lines.map(\.record.fileID).filter { seen.insert(Array($0.utf8)).inserted }
        let (catalog, state) = try WarehouseState.read(from: warehouse, files: files)
        self.state = state
        return catalog
    }

    /// Whether the dataset can be locked, without which nothing can be loaded.
    var hasLock: Bool { state.hasLock(table.lockName) }

    /// Loads one line. Throws only what concerns all lines.
    mutating func load(_ line: DeliveryLine) throws(WarehouseError) -> Result {
        for _ in 0..<Self.fenceRetryLimit {
            do throws(WarehouseError) {
                let result = try attempt(line)
                if !result.outcome.status.isGood { hasSetback = true }
                return result
            } catch {
                guard error == .fenceBroken else { throw error }
                log.detail("\(line.record.delivery): another process loaded \(dataset.name) in between: deciding anew")
            }
            state = try WarehouseState.read(from: warehouse, files: files).state
        }
        throw .fenceBroken
    }

    private mutating func attempt(_ line: DeliveryLine) throws(WarehouseError) -> Result {
        let history = state.history(ofFile: line.record.fileID)
        let change: LoadPlan.Change
        switch LoadPlan(line, history: history, guards: dataset.guards, run: run) {
        case .nothing(let outcome): return Result(line: line, outcome: outcome, statements: [])
        case .change(let planned): change = planned
        }
        if line.isDeletion, hasSetback {
            return refusal(line, .postponed, "another delivery of \(dataset.name) is not good in this run")
        }
        var processed: ProcessedRows?
        if change.landing == .replace, case .rows(let rows) = line.work {
            if let problem = rows.problem { return refusal(line, .refused, problem) }
            if let problem = try warehouse.problem(of: rows) { return refusal(line, .refused, problem) }
            processed = rows
        }
        let fence = state.fence(for: change, dataset: dataset.name, next: Self.newHolder(run: run))
        let script = LoadScript(warehouse: warehouse, table: table, fence: fence)
        let statements = script.statements(change, rows: processed)
        var outcome = change.outcome
        if !isDryRun {
            do throws(WarehouseError) {
                let answer = try warehouse.run(.writing, statements)
                outcome.loadedAt = answer.compactMap { DeliveryRow(answer: $0) }.first?.loadedAt
            } catch {
                switch error {
                case .refused(let message), .wrongCount(let message): return refusal(line, .refused, message)
                default: throw error
                }
            }
        }
        state.apply(change, fence: fence)
        return Result(line: line, outcome: outcome, statements: statements)
    }

    private func refusal(_ line: DeliveryLine, _ status: LoadOutcome.Status, _ reason: String) -> Result {
        Result(line: line, outcome: LoadOutcome(status: status, reason: reason, rowsLanded: 0), statements: [])
    }

    /// A name that no other transaction has.
    static func newHolder(run: String?) -> String {
        var random = SystemRandomNumberGenerator()
        let number = (random.next(), random.next())
        let digits = [number.0, number.1].map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }
        return (run.map { "\($0) " } ?? "") + digits.joined()
    }
}

extension DeliveryLine {
    var isDeletion: Bool {
        if case .deletion = work { true } else { false }
    }
}

/// Looks at the files of the lake before they are loaded.
enum LakeFiles {
    /// What is wrong with a delivery's files, or nil.
    static func problem(of rows: ProcessedRows) -> String? {
        for file in rows.parts + (rows.rejects.map { [$0] } ?? []) {
            guard let path = file.localPath else { return "\(file.url): DuckDB loads from file: addresses only" }
            do throws(IOError) {
                guard let status = try FileSystem.status(path), status.isRegular else {
                    return "\(path): there is no such file"
                }
                if let expected = file.byteCount, expected != status.byteCount {
                    return "\(path): \(status.byteCount) bytes long, the manifest says \(expected)"
                }
            } catch {
                return error.message
            }
        }
        return nil
    }
}
