internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit

/// Takes cleaned blocks in the order of the input and does what depends on the lines before: numbers lines, drops
/// duplicates, names cells, writes rows and rejects.
struct RowSequence: ~Copyable {
    /// Refused rows that are shown on standard error when there is no reject stream.
    private static let shownRefusalLimit = 5
    /// What a warning about a column is counted as.
    private static let unknownColumn = "column.unknown"
    /// Unknown columns that the report lists.
    private static let knownColumnLimit = 10_000
    /// Unknown columns that are told one by one.
    private static let toldColumnLimit = 20

    private(set) var counts = CleanCounts()
    private(set) var warnings = WarningCounts()
    /// Columns that the contract does not know, with the line that first had them and how many lines had them.
    private(set) var unknownColumns: [(name: String, line: Int, count: Int)] = []

    /// Rows whose reference was not found, by the reference's number.
    private(set) var referenceMisses: [Int: Int] = [:]
    /// The newest value of each column whose age matters.
    private(set) var newest: [Int64?] = []

    private let dataset: Dataset
    private let rejects: Rejects
    private let log: Log
    private var knownUnknowns: [[UInt8]: Int] = [:]
    private var columns = SheetColumns()
    private var duplicates: Deduplicator?
    private var verdicts: [Deduplicator.Verdict] = []
    /// Where rows of the present block are that are settled and not written yet.
    private var settled: [Range<Int>] = []
    private var quality: QualityVerdicts
    private let judgesRows: Bool
    private let looksAtRows: Bool
    private let repeatRuleCount: Int
    private var kept = ByteBuffer()

    init(_ plan: CleaningPlan, _ rejects: Rejects, memoryLimit: Int, _ log: Log) {
        dataset = plan.dataset
        // Duplicates and rules about them remember keys of their own.
        let shares = (plan.dedupe == nil ? 0 : 1) + plan.quality.repeatedKeys.count
        let memoryLimit = memoryLimit / max(1, shares)
        quality = QualityVerdicts(plan.quality, plan.dataset, memoryLimit: memoryLimit)
        judgesRows = plan.quality.judgesRows
        looksAtRows = judgesRows || plan.dedupe != nil
        repeatRuleCount = plan.quality.repeatedKeys.count
        if let dedupe = dataset.rows.dedupe {
            duplicates = Deduplicator(dedupe, memoryLimit: memoryLimit)
        } else {
            duplicates = nil
        }
        self.rejects = rejects
        self.log = log
    }

    /// Writes what is left of a block.
    mutating func take(
        _ block: LineBlock, _ cleaned: borrowing CleanedBlock, _ outputs: inout CleanOutputs
    ) throws(StageFailure) {
        let firstLine = counts.read + 1
        try noteColumns(cleaned, firstLine)
        try takeRefusals(block, cleaned, firstLine, &outputs)
        if !looksAtRows {
            counts.emitted += cleaned.rowCount
            try outputs.writeRows(cleaned.output, 0..<cleaned.output.count)
        } else {
            try takeRows(cleaned, firstLine, &outputs)
        }
        counts.read += cleaned.lineCount
        counts.blank += cleaned.blankCount
        log.progress.advance(to: counts.read, .rows)
        warnings += cleaned.warnings
        for (number, time) in cleaned.newest.enumerated() {
            if newest.count <= number { newest.append(nil) }
            if let time { newest[number] = max(newest[number] ?? time, time) }
        }
        for (number, count) in cleaned.referenceMisses { referenceMisses[number, default: 0] += count }
    }

    private mutating func noteColumns(_ cleaned: borrowing CleanedBlock, _ firstLine: Int) throws(StageFailure) {
        for column in cleaned.unknownColumns {
            if let known = knownUnknowns[column.name] {
                unknownColumns[known].count += column.count
                continue
            }
            let text = String(decoding: column.name, as: UTF8.self)
            let number = firstLine + column.line
            switch dataset.rows.unknownColumns {
            case .freeze:
                throw .badData("line \(number): the contract does not know the column \"\(text)\" and allows no others")
            case .rescue:
                tell("the contract does not know the column \"\(text)\" (line \(number)): kept in _extra")
            case .discard:
                tell("the contract does not know the column \"\(text)\" (line \(number)): dropped")
            }
            // A stream of ever new names must not fill the memory.
            guard unknownColumns.count < Self.knownColumnLimit else { continue }
            knownUnknowns[column.name] = unknownColumns.count
            unknownColumns.append((text, number, column.count))
        }
        if let missing = cleaned.missingColumn {
            let name = dataset.fields[missing.field].name
            throw .badData(
                "line \(firstLine + missing.line): the column \"\(name)\" is absent, and the contract asks for it")
        }
    }

    private func tell(_ message: String) {
        if unknownColumns.count < Self.toldColumnLimit { log.warning(message, code: Self.unknownColumn) }
    }

    /// Sightings and refusals come in the order of their lines, so each refusal sees the columns of its own sheet.
    private mutating func takeRefusals(
        _ block: LineBlock, _ cleaned: borrowing CleanedBlock, _ firstLine: Int, _ outputs: inout CleanOutputs
    ) throws(StageFailure) {
        var nextSighting = 0
        for refusal in cleaned.refusals {
            while nextSighting < cleaned.sightings.count, cleaned.sightings[nextSighting].line <= refusal.line {
                columns.learn(from: block.bytes.extracting(cleaned.sightings[nextSighting].range))
                nextSighting += 1
            }
            try take(refusal, block.bytes.extracting(refusal.range), firstLine + refusal.line, &outputs)
        }
        if nextSighting < cleaned.sightings.count, let last = cleaned.sightings.last {
            columns.learn(from: block.bytes.extracting(last.range))
        }
    }

    private mutating func take(
        _ refusal: CleanedBlock.Refusal, _ text: RawSpan, _ lineNumber: Int, _ outputs: inout CleanOutputs
    ) throws(StageFailure) {
        counts.rejected += 1
        let line = rejects.line(for: refusal, text: text, lineNumber: lineNumber, columns: columns)
        for code in line.codes { counts.reasons[code, default: 0] += 1 }
        if outputs.hasRejects {
            try outputs.writeReject(line.bytes)
        } else if counts.rejected <= Self.shownRefusalLimit {
            log.warning("line \(lineNumber): \(line.codes.map(\.rawValue).joined(separator: ", "))")
        }
    }

    /// Writes the rows that stay or may stay. Runs of rows with one verdict are written in one piece.
    private mutating func takeRows(
        _ cleaned: borrowing CleanedBlock, _ firstLine: Int, _ outputs: inout CleanOutputs
    ) throws(StageFailure) {
        do throws(IOError) {
            try duplicates?.judge(cleaned.rows, cleaned.orders, firstLine: firstLine, into: &verdicts)
        } catch {
            throw .localIO(error.message)
        }
        if duplicates == nil {
            verdicts.removeAll(keepingCapacity: true)
            verdicts.append(contentsOf: repeatElement(.keep, count: cleaned.rows.count))
        }
        if judgesRows { countForQuality(cleaned) }
        var runStart = 0
        var runVerdict = Deduplicator.Verdict.keep
        var rowStart = 0
        var dropped = 0
        for (number, row) in cleaned.rows.enumerated() {
            let verdict = verdicts[number]
            if verdict != runVerdict {
                try take(runStart..<rowStart, of: cleaned.output, runVerdict, &outputs)
                runStart = rowStart
                runVerdict = verdict
            }
            if verdict == .drop { dropped += 1 }
            rowStart = row.end
        }
        try take(runStart..<rowStart, of: cleaned.output, runVerdict, &outputs)
        try writeSettled(cleaned.output, &outputs)
        counts.duplicates += dropped
        counts.emitted += cleaned.rows.count - dropped
    }

    private mutating func countForQuality(_ cleaned: borrowing CleanedBlock) {
        for (number, row) in cleaned.rows.enumerated() where verdicts[number] != .drop {
            let keys = cleaned.repeatedKeys[number * repeatRuleCount..<(number + 1) * repeatRuleCount]
            quality.count(row.violations, keys, isCandidate: verdicts[number] == .candidate)
        }
    }

    /// What the quality rules say of the rows that were written.
    var qualityVerdicts: [QualityVerdicts.Verdict] { quality.verdicts(rowCount: counts.emitted) }

    /// Notes a run of settled rows, which are written together, or writes one of candidates, which follow all of them.
    private mutating func take(
        _ range: Range<Int>, of output: borrowing ByteBuffer, _ verdict: Deduplicator.Verdict,
        _ outputs: inout CleanOutputs
    ) throws(StageFailure) {
        switch verdict {
        case .drop: break
        case .keep: if !range.isEmpty { settled.append(range) }
        case .candidate:
            try writeSettled(output, &outputs)
            try outputs.writeCandidates(output, range)
        }
    }

    private mutating func writeSettled(
        _ output: borrowing ByteBuffer, _ outputs: inout CleanOutputs
    ) throws(StageFailure) {
        if settled.isEmpty { return }
        try outputs.writeRows(output, settled)
        settled.removeAll(keepingCapacity: true)
    }

    /// Decides between the candidates, after the last block.
    mutating func finish(_ outputs: inout CleanOutputs) throws(StageFailure) {
        let losers: LoserSet
        do throws(IOError) {
            losers = try duplicates?.resolve() ?? LoserSet()
        } catch {
            throw .localIO(error.message)
        }
        let tied = losers.refused.count
        counts.emitted -= losers.count
        counts.duplicates += losers.count - tied
        counts.rejected += tied
        if tied > 0 { counts.reasons[.duplicateKey, default: 0] += tied }
        let failure = Failure(
            field: dataset.rows.dedupe?.keys.first ?? Failure.wholeRow, code: .duplicateKey,
            message: "has the same key as another row, and nothing decides between them")
        try outputs.settle(losers) { line, text in
            quality.takeBack(text)
            guard let line else { return [] }
            let refusal = CleanedBlock.Refusal(line: 0, range: 0..<0, failures: [failure], jsonError: nil)
            return rejects.line(for: refusal, text: text, lineNumber: line, columns: columns).bytes
        }
    }
}
