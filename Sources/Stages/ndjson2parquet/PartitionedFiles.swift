import Bytes
import NDJSON
import Parquet
import StageKit

/// Where rows go: one file, numbered parts, or a folder of partitions.
protocol RowTarget: AnyObject {
    /// Takes the rows of a batch.
    func append(_ batch: RowBatch) throws(StageFailure)
    /// Lets everything appear under its name. Says what each file holds.
    func publish() throws(StageFailure) -> [Part]
}

/// A folder with a file for each combination of values of some columns, named as Hive does:
///
///     sales/country=BR/year=2018/part-00001.parquet
///
/// Those columns are in the names and not in the files; their values are percent-encoded, and null is
/// `__HIVE_DEFAULT_PARTITION__`. Rows must come ordered by them, so that one file at a time is open. The folder appears
/// when it is whole.
final class PartitionedFiles: RowTarget {
    static let nullName = "__HIVE_DEFAULT_PARTITION__"
    /// What file systems allow for one name.
    private static let nameByteLimit = 255

    private let folder: PartialFolder
    private let partition: [(leaf: Int, name: String, type: ParquetType)]
    private let sources: [Int]
    private let schema: ParquetSchema
    private let options: ParquetOptions
    private let pool: EncodingPool
    private var current: (values: [PlainValue?], files: PartFiles)?
    private var parts: [Part] = []

    /// `partition` are numbers of columns.
    init(
        path: String, by partition: [Int], of table: TableDefinition, options: ParquetOptions, pool: EncodingPool
    ) throws(StageFailure) {
        self.partition = try partition.map { (number) throws(StageFailure) in
            let (index, type) = try table.column(named: table.columns[number].name, for: "--partition-by")
            return (table.firstLeaf(of: index), table.columns[index].name, ParquetType(type))
        }
        let kept = table.columns.indices.filter { !partition.contains($0) }
        if kept.isEmpty { throw .usage("--partition-by leaves no column for the files") }
        sources = kept.flatMap { column -> [Int] in
            let leaf = table.firstLeaf(of: column)
            return Array(leaf..<leaf + table.columns[column].shape.leafCount)
        }
        schema = try table.schema(of: kept)
        self.options = options.keeping(sources)
        self.pool = pool
        folder = try PartialFolder(path: path)
    }

    func append(_ batch: RowBatch) throws(StageFailure) {
        for rows in batch.runs(of: partition.map(\.leaf)) {
            let values = partition.map { batch.value(ofRow: rows.lowerBound, column: $0.leaf) }
            if current?.values != values {
                try finishCurrent()
                current = (values, try open(values))
            }
            try current?.files.append(batch, rows: rows)
        }
    }

    func publish() throws(StageFailure) -> [Part] {
        try finishCurrent()
        try folder.publish()
        return parts
    }

    private func open(_ values: [PlainValue?]) throws(StageFailure) -> PartFiles {
        var path = folder.partialPath
        for (column, value) in zip(partition, values) {
            let text = Self.text(value, column.type)
            if value != nil, text == Self.nullName {
                throw .badData("column \(column.name): readers would take the value \(text) for null")
            }
            let name = "\(PercentEncoding.encode(column.name))=\(text)"
            if name.utf8.count > Self.nameByteLimit {
                throw .badData("column \(column.name): a value is too long for the name of a folder: \(name)")
            }
            path = FileSystem.join(path, name)
        }
        return try PartFiles(
            path: FileSystem.join(path, "part.parquet"), isSplit: true, schema: schema, taking: sources,
            options: options,
            pool: pool)
    }

    private func finishCurrent() throws(StageFailure) {
        guard let current else { return }
        for part in try current.files.publish() {
            let path = folder.path + part.stored.path.dropFirst(folder.partialPath.count)
            let stored = StoredFile(path: path, byteCount: part.stored.byteCount, sha256: part.stored.sha256)
            parts.append(Part(stored: stored, summary: part.summary))
        }
        self.current = nil
    }

    /// A value as the name of its folder.
    static func text(_ value: PlainValue?, _ type: ParquetType) -> String {
        switch value {
        case nil: nullName
        case .text(let bytes): PercentEncoding.encode(String(decoding: bytes, as: UTF8.self))
        case let value?:
            PercentEncoding.encode(Part.json(value, type).string ?? Part.json(value, type).text)
        }
    }
}

extension ParquetOptions {
    /// The same for a file that has only some of the columns.
    func keeping(_ sources: [Int]) -> ParquetOptions {
        var kept = self
        kept.columns = [:]
        for (leaf, source) in sources.enumerated() { kept.columns[leaf] = columns[source] }
        kept.sortedBy = sortedBy.compactMap { column in
            sources.firstIndex(of: column.leaf).map {
                ParquetSortColumn(leaf: $0, isDescending: column.isDescending, nullsFirst: column.nullsFirst)
            }
        }
        return kept
    }
}
