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

    private(set) var files: [String] = []
    private(set) var state = WarehouseState()
    /// Known where files are to be deleted.
    private(set) var standing: DatasetStanding?
    private(set) var rowsTouchedAtStart = 0
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
        var outcome: LoadOutcome
        /// Empty when nothing had to be done.
        let statements: [String]
        /// Of all files that were asked for, unless each of them is loaded.
        var findings: [FileFinding] = []

        /// Whether everything that was asked for is in the warehouse and good.
        var isGood: Bool { outcome.status.isGood && findings.isEmpty }
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
        let (catalog, state) = try WarehouseState.read(
            from: warehouse, files: files, standingOf: lines.contains(where: \.isDeletion) ? dataset.name : nil)
        self.state = state
        standing = state.standing
        rowsTouchedAtStart = state.currentRows(ofFiles: files, in: dataset.name)
        return catalog
    }

    /// Whether the dataset can be locked, without which nothing can be loaded.
    var hasLock: Bool { state.hasLock(table.lockName) }

    /// Loads one line. Throws only what concerns all lines.
    mutating func load(_ line: DeliveryLine) throws(WarehouseError) -> Result {
        for _ in 0..<Self.fenceRetryLimit {
            do throws(WarehouseError) {
                let result = try attempt(line)
                if !result.isGood { hasSetback = true }
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
        let endingRows = line.isDeletion ? state.currentRows(ofFiles: [line.record.fileID], in: dataset.name) : 0
        if line.isDeletion, hasSetback {
            return refusal(line, .postponed, postponementReason(rowCount: endingRows))
        }
        var processed: ProcessedRows?
        if change.landing == .replace, case .rows(let rows) = line.work {
            if let problem = rows.problem { return refusal(line, .refused, problem) }
            let problems = try warehouse.problems(of: rows)
            if let first = problems.first {
                let findings = rows.files.map { file in
                    problems.first { $0.address == file.url } ?? .failed(file.url, "not tried: \(first.reason ?? "")")
                }
                return refusal(line, .refused, first.reason ?? "", findings)
            }
            processed = rows
        }
        let fence = state.fence(for: change, dataset: dataset.name, next: Self.newHolder(run: run))
        let script = LoadScript(warehouse: warehouse, table: table, fence: fence)
        let statements = script.statements(change, rows: processed)
        var result = Result(line: line, outcome: change.outcome, statements: statements)
        if line.isDeletion { result.outcome.reason = deletionNote(line, rowCount: endingRows) }
        if !isDryRun {
            let addresses = processed?.files.map(\.url) ?? []
            do throws(WarehouseError) {
                let answer = try warehouse.run(.writing, statements)
                result.outcome.loadedAt = answer.compactMap { DeliveryRow(answer: $0) }.first?.loadedAt
                let findings = CopyReport(answer: answer)?.findings(addresses) ?? []
                if !findings.allSatisfy(\.status.isGood) { result.findings = findings }
            } catch {
                switch error {
                case .refused(let message), .wrongCount(let message):
                    return refusal(line, .refused, message, FileFinding.refused(addresses, message))
                default: throw error
                }
            }
        }
        state.apply(change, fence: fence)
        return result
    }

    private func refusal(
        _ line: DeliveryLine, _ status: LoadOutcome.Status, _ reason: String, _ findings: [FileFinding] = []
    ) -> Result {
        Result(
            line: line, outcome: LoadOutcome(status: status, reason: reason, rowsLanded: 0), statements: [],
            findings: findings)
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
    /// What is wrong with a file of a delivery, or nil.
    static func problem(of file: LakeFile) -> FileFinding? {
        guard let path = file.localPath else {
            return .failed(file.url, "\(file.url): DuckDB loads from file: addresses only")
        }
        do throws(IOError) {
            guard let status = try FileSystem.status(path), status.isRegular else {
                return FileFinding(address: file.url, status: .missing, reason: "\(path): there is no such file")
            }
            if let expected = file.byteCount, expected != status.byteCount {
                return .failed(file.url, "\(path): \(status.byteCount) bytes long, the manifest says \(expected)")
            }
            return nil
        } catch {
            return .failed(file.url, error.message)
        }
    }
}
