import Bytes
import Contracts
import NDJSON
import Parquet
import StageKit

extension NDJSON2Parquet {
    /// What ArgumentParser cannot see.
    func checkUsage() throws(StageFailure) {
        if contract == nil, !infer { throw .usage("name the types of the columns: --contract FILE, or --infer") }
        if nested, !infer { throw .usage("--nested goes with --infer: a contract says what its columns are") }
        if contract != nil, infer { throw .usage("--infer is for rows without a contract") }
        if output.hasSuffix(".gz") || output.hasSuffix(".zst") {
            throw .usage("\(output): Parquet compresses its own pages; see --compression")
        }
        if output == "-", splitBytes != nil { throw .usage("--split-bytes needs files, not standard output") }
        if output != "-", manifestOut != nil {
            throw .usage("--manifest-out is for -o -: part lines go to standard output")
        }
        for (name, value, limit) in [
            ("--row-group-rows", rowGroupRows, Int(Int32.max)), ("--page-rows", pageRows, 1 << 20),
            ("--page-bytes", pageBytes, 256 << 20), ("--split-bytes", splitBytes, Int.max), ("--threads", threads, 64),
        ] {
            guard let value else { continue }
            if !(1...limit ~= value) { throw .usage("\(name) takes 1 to \(limit)") }
        }
    }

    /// The columns, and the source of the rows. The digest costs time that only a report is worth.
    func openTable(
        _ digest: InputDigest, log: Log
    ) throws(StageFailure) -> (table: TableDefinition, source: any ByteSource) {
        if let contract {
            let table = try TableDefinition.load(contract: contract, log: log)
            return (table, try open(digest))
        }
        let source = try open(digest)
        var inference = Inference(path: source.path, nests: nested)
        if try isFile(input) {
            // Read twice: once for the types, once for the rows.
            try inference.read(try open(nil))
            return (try inference.table(isWhole: true), source)
        }
        let front: FrontOfSource
        do throws(IOError) {
            front = try FrontOfSource(source, byteLimit: Inference.sampleByteLimit)
        } catch {
            throw .input(error)
        }
        try inference.read(front.sample())
        return (try inference.table(isWhole: front.isWhole), front)
    }

    private func isFile(_ path: String) throws(StageFailure) -> Bool {
        if path == "-" { return false }
        do throws(IOError) {
            return try FileSystem.status(path)?.isRegular ?? false
        } catch {
            throw .input(error)
        }
    }

    private func open(_ digest: InputDigest?) throws(StageFailure) -> any ByteSource {
        do throws(IOError) {
            return try DataInput.open(input, digest: common.report == nil ? nil : digest)
        } catch {
            throw .input(error)
        }
    }

    /// How the file is laid out: what the command line says, else the contract, else the defaults.
    func layout(for table: TableDefinition, _ order: RowOrder) throws(StageFailure) -> ParquetOptions {
        var options = ParquetOptions()
        options.createdBy = "ndjson2parquet version \(sluiceVersion)"
        let settings = table.settings
        if let choice = compression ?? settings.flatMap(CompressionChoice.init) { options.codec = choice.codec }
        if let rows = rowGroupRows ?? settings?.rowGroupRows { options.rowGroupRows = rows }
        if let rows = pageRows ?? settings?.pageRows { options.pageRows = rows }
        if let pageBytes { options.pageBytes = pageBytes }
        options.fileBytes = splitBytes ?? (output == "-" ? nil : settings?.splitBytes)
        options.columns = try columnOptions(for: table)
        options.sortedBy = order.sort.map {
            ParquetSortColumn(leaf: $0.leaf, isDescending: $0.isDescending, nullsFirst: !$0.isDescending)
        }
        options.keyValues = try keyValues(for: table)
        return options
    }

    /// What is asked for single columns: the command line adds to the contract, and goes before it.
    private func columnOptions(for table: TableDefinition) throws(StageFailure) -> [Int: ParquetColumnOptions] {
        var columns: [Int: ParquetColumnOptions] = [:]
        for choice in table.settings?.encodings ?? [] {
            columns[choice.field, default: .init()].encoding = ColumnEncoding(choice.encoding)
        }
        for field in table.settings?.bloom ?? [] { columns[field, default: .init()].hasBloomFilter = true }
        for choice in encoding {
            let (column, type) = try table.column(named: choice.column, for: "--encoding")
            guard choice.encoding.fits(ParquetType(type)) else {
                throw .usage("--encoding: column \(choice.column) of type \(type.contractName) cannot be stored so")
            }
            columns[table.firstLeaf(of: column), default: .init()].encoding = choice.encoding
        }
        for name in bloom {
            let (column, type) = try table.column(named: name, for: "--bloom")
            if type == .boolean { throw .usage("--bloom: column \(name) is BOOLEAN") }
            columns[table.firstLeaf(of: column), default: .init()].hasBloomFilter = true
        }
        return columns
    }

    private func keyValues(for table: TableDefinition) throws(StageFailure) -> [(key: String, value: String)] {
        var pairs = table.keyValues
        for text in meta {
            guard let mark = text.firstIndex(of: "="), mark != text.startIndex else {
                throw .usage("--meta takes KEY=VALUE, not \(text)")
            }
            let key = String(text[..<mark])
            if pairs.contains(where: { $0.key == key }) { throw .usage("--meta names \(key) twice") }
            pairs.append((key, String(text[text.index(after: mark)...])))
        }
        return pairs
    }

    /// Writes one line per file: to standard output, or to --manifest-out when the data went there.
    func print(_ parts: [Part]) throws(StageFailure) {
        guard let destination = output == "-" ? manifestOut : "-" else { return }
        do throws(IOError) {
            var lines = try DataOutput(destination)
            for part in parts { try lines.append(part.line.bytes + [0x0A]) }
            try lines.finish()
            _ = try lines.publish()
        } catch {
            throw .output(error)
        }
    }

    /// Warns of parts that an earlier, larger run left behind those of this one. They are somebody's files: they stay.
    func tellLeftovers(behind count: Int, _ log: Log, _ report: RunReport) throws(StageFailure) {
        guard splitBytes != nil, partitionBy.isEmpty else { return }
        do throws(IOError) {
            let leftover = try PartFiles.leftoverCount(output, behind: count)
            guard leftover > 0 else { return }
            let first = PartFiles.partPath(output, number: count + 1)
            report.warn("parquet.leftoverParts", times: leftover)
            log.warning(
                leftover == 1
                    ? "\(first) is of an earlier run: remove it"
                    : "\(first) and \(leftover - 1) more are of an earlier run: remove them",
                code: "parquet.leftoverParts")
        } catch {
            throw .output(error)
        }
    }
}
