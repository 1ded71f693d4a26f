import Bytes
import Contracts
import Parquet
import StageKit

/// How the rows are to be ordered and divided.
struct RowOrder {
    /// Numbers of the columns whose values become folders.
    let partition: [Int]
    /// The leaf of each of them.
    let partitionLeaves: [Int]
    /// What `--sort-by` or the contract asks for.
    let sort: [SortColumn]

    /// What the rows are sorted by: partitions first, so that one file at a time is written.
    var columns: [SortColumn] {
        partitionLeaves.map { SortColumn(leaf: $0, isDescending: false) }
            + sort.filter { !partitionLeaves.contains($0.leaf) }
    }
}

extension NDJSON2Parquet {
    func rowOrder(of table: TableDefinition) throws(StageFailure) -> RowOrder {
        var partition: [Int] = []
        for name in partitionBy {
            let (index, type) = try table.column(named: name, for: "--partition-by")
            if type == .json { throw .usage("--partition-by: column \(name) is VARIANT") }
            if partition.contains(index) { throw .usage("--partition-by names \(name) twice") }
            partition.append(index)
        }
        if !partition.isEmpty, output == "-" { throw .usage("--partition-by needs a folder, not standard output") }
        var sort: [SortColumn] = []
        for text in sortBy {
            let column = try SortColumn.parse(text, in: table, for: "--sort-by")
            if sort.contains(where: { $0.leaf == column.leaf }) { throw .usage("--sort-by names \(text) twice") }
            sort.append(column)
        }
        if sort.isEmpty {
            sort = (table.settings?.sortBy ?? []).map { SortColumn(leaf: $0, isDescending: false) }
        }
        return RowOrder(
            partition: partition, partitionLeaves: partition.map { table.firstLeaf(of: $0) }, sort: sort)
    }

    /// The rows of a source in the order that is asked for.
    func ordered(
        _ source: any ByteSource, _ table: TableDefinition, _ order: RowOrder, counting rows: inout RowCopy
    ) throws(StageFailure) -> any ByteSource {
        let columns = order.columns
        if columns.isEmpty { return source }
        var pass = SortPass(
            table, try table.schema(), by: columns, memory: memory.byteCount, path: source.path)
        let sorted = try pass.sort(source)
        rows.count(pass)
        return sorted
    }

    func openTarget(
        _ table: TableDefinition, _ order: RowOrder, _ options: ParquetOptions, _ pool: EncodingPool
    ) throws(StageFailure) -> any RowTarget {
        if !order.partition.isEmpty {
            return try PartitionedFiles(path: output, by: order.partition, of: table, options: options, pool: pool)
        }
        return try PartFiles(
            path: output, isSplit: options.fileBytes != nil, schema: try table.schema(), options: options, pool: pool)
    }
}
