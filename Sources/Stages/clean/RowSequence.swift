internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit

/// Takes cleaned blocks in the order of the input and does what depends on the lines before: numbers lines, drops
/// duplicates, names cells, writes rows and rejects.
struct RowSequence: ~Copyable {
    /// Refused rows that are shown on standard error when there is no reject stream.
    private static let shownRefusalLimit = 5
    /// Unknown columns that are told one by one.
    private static let toldColumnLimit = 20

    private(set) var counts = CleanCounts()
    private(set) var warnings = WarningCounts()
    /// Columns that the contract does not know, with the line that first had them.
    private(set) var unknownColumns: [(name: String, line: Int)] = []

    private let dataset: Dataset
    private let rejects: Rejects
    private let log: Log
    private var knownUnknowns: Set<[UInt8]> = []
    private var columns = SheetColumns()
    private var keys = KeyTable()
    private var kept = ByteBuffer()

    init(_ dataset: Dataset, _ rejects: Rejects, _ log: Log) {
        self.dataset = dataset
        self.rejects = rejects
        self.log = log
    }

    /// Writes what is left of a block.
    mutating func take(
        _ block: LineBlock, _ cleaned: CleanedBlock, _ outputs: inout CleanOutputs
    ) throws(StageFailure) {
        let firstLine = counts.read + 1
        try noteColumns(cleaned, firstLine)
        try takeRefusals(block, cleaned, firstLine, &outputs)
        if dataset.rows.dedupe == nil {
            counts.emitted += cleaned.rowCount
            try outputs.writeRows(cleaned.output, 0..<cleaned.output.count)
        } else {
            try takeRows(cleaned, &outputs)
        }
        counts.read += cleaned.lineCount
        counts.blank += cleaned.blankCount
        warnings += cleaned.warnings
    }

    private mutating func noteColumns(_ cleaned: CleanedBlock, _ firstLine: Int) throws(StageFailure) {
        for (name, line) in cleaned.unknownColumns where knownUnknowns.insert(name).inserted {
            let text = String(decoding: name, as: UTF8.self)
            let number = firstLine + line
            switch dataset.rows.unknownColumns {
            case .freeze:
                throw .badData("line \(number): the contract does not know the column \"\(text)\" and allows no others")
            case .rescue:
                tell("the contract does not know the column \"\(text)\" (line \(number)): kept in _extra")
            case .discard:
                tell("the contract does not know the column \"\(text)\" (line \(number)): dropped")
            }
            unknownColumns.append((text, number))
        }
        if let missing = cleaned.missingColumn {
            let name = dataset.fields[missing.field].name
            throw .badData(
                "line \(firstLine + missing.line): the column \"\(name)\" is absent, and the contract asks for it")
        }
    }

    private func tell(_ message: String) {
        if unknownColumns.count < Self.toldColumnLimit { log.warning(message, code: RejectCode.columnUnknown.rawValue) }
    }

    /// Sightings and refusals come in the order of their lines, so each refusal sees the columns of its own sheet.
    private mutating func takeRefusals(
        _ block: LineBlock, _ cleaned: CleanedBlock, _ firstLine: Int, _ outputs: inout CleanOutputs
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

    /// Keeps the first row of each key. Runs of kept rows are written in one piece.
    private mutating func takeRows(_ cleaned: CleanedBlock, _ outputs: inout CleanOutputs) throws(StageFailure) {
        var runStart = 0
        var rowStart = 0
        for row in cleaned.rows {
            if let key = row.key, !keys.insert(key) {
                counts.duplicates += 1
                try outputs.writeRows(cleaned.output, runStart..<rowStart)
                runStart = row.end
            } else {
                counts.emitted += 1
            }
            rowStart = row.end
        }
        try outputs.writeRows(cleaned.output, runStart..<rowStart)
    }
}
