import Bytes
import NDJSON
import Parquet
import StageKit

/// The files that a run writes: one, or numbered parts when they are split by size. They appear under their names
/// together, when all of them are whole.
final class PartFiles: RowTarget {
    private let path: String
    private let isSplit: Bool
    private let schema: ParquetSchema
    private let sources: [Int]?
    private let options: ParquetOptions
    private let pool: EncodingPool
    private var writer: ParquetWriter?
    private var files: [PartFile] = []

    /// Opens the first file. `sources` are the columns of the batches that the file's columns get, if not all.
    init(
        path: String, isSplit: Bool, schema: ParquetSchema, taking sources: [Int]? = nil, options: ParquetOptions,
        pool: EncodingPool
    ) throws(StageFailure) {
        self.path = path
        self.isSplit = isSplit
        self.schema = schema
        self.sources = sources
        self.options = options
        self.pool = pool
        try startNext()
    }

    func append(_ batch: RowBatch) throws(StageFailure) { try append(batch, rows: 0..<batch.rowCount) }

    /// Takes rows of a batch, into as many files as they need.
    func append(_ batch: RowBatch, rows: Range<Int>) throws(StageFailure) {
        var row = rows.lowerBound
        while row < rows.upperBound {
            if writer?.isFull ?? true { try startNext() }
            guard let writer else { return }
            row += try mapParquetError { () throws(ParquetError) in
                try writer.append(batch, rows: row..<rows.upperBound)
            }
        }
    }

    /// Ends the current file, if there is one, and opens the next.
    private func startNext() throws(StageFailure) {
        try finishCurrent()
        let file = try PartFile(
            isSplit ? Self.partPath(path, number: files.count + 1) : path, pool: pool.work)
        files.append(file)
        writer = try mapParquetError { () throws(ParquetError) in
            try ParquetWriter(schema, taking: sources, options: options, pool: pool, sink: file)
        }
    }

    /// Ends the last file and lets all appear.
    func publish() throws(StageFailure) -> [Part] {
        try finishCurrent()
        var parts: [Part] = []
        for file in files {
            guard let summary = file.summary else { continue }
            parts.append(Part(stored: try file.publish(), summary: summary))
        }
        return parts
    }

    private func finishCurrent() throws(StageFailure) {
        guard let writer, let file = files.last else { return }
        file.summary = try mapParquetError { () throws(ParquetError) in try writer.finish() }
        self.writer = nil
        do throws(IOError) {
            try file.finish()
        } catch {
            throw .output(error)
        }
    }

    /// `orders.parquet` becomes `orders-00001.parquet`.
    static func partPath(_ path: String, number: Int) -> String {
        let name = FileSystem.name(of: path)
        let folder = FileSystem.parent(of: path)
        let dot = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 } ?? name.endIndex
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        return FileSystem.join(folder, "\(name[..<dot])-\(padded)\(name[dot...])")
    }

    /// How many numbered parts stand behind the last of `count`: an earlier run made more of them, and who reads all of
    /// the name would read their rows too.
    static func leftoverCount(_ path: String, behind count: Int) throws(IOError) -> Int {
        var number = count
        while try FileSystem.status(partPath(path, number: number + 1)) != nil { number += 1 }
        return number - count
    }

    private func mapParquetError<Value>(_ body: () throws(ParquetError) -> Value) throws(StageFailure) -> Value {
        do throws(ParquetError) {
            return try body()
        } catch {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: ParquetError) -> StageFailure {
        switch error {
        case .output(let failure): .output(failure)
        case .schema: .badConfiguration(error.message)
        case .pageTooLarge: .badData(error.message)
        }
    }
}
