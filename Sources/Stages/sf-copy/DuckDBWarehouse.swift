internal import Bytes
internal import Digests
internal import Glibc
internal import NDJSON
internal import StageKit

/// The embedded warehouse: one database file, always attached as `ecom`, opened by one process per transaction.
///
/// DuckDB lets one process write, or several read. So everybody waits here for the file, at most `lockTimeout` seconds.
struct DuckDBWarehouse: Warehouse {
    /// The catalog's name in every statement, whatever the file is called.
    static let catalog = "ecom"
    private static let firstPauseMilliseconds = 50
    private static let longestPauseMilliseconds = 1000

    let file: String
    let program: DuckDBProgram
    let lockTimeout: Double

    var dialect: SQLDialect { .duckdb }
    var displayName: String { file }

    /// Whether there is a file at all. Without it, everything is still to be loaded.
    func exists() throws(WarehouseError) -> Bool {
        do throws(IOError) {
            return try FileSystem.status(file) != nil
        } catch {
            throw .io(error)
        }
    }

    /// Makes an empty database where there is no file. It appears whole, under its name: DuckDB itself would leave a
    /// file that it cannot open when it is ended at the wrong moment.
    func makeIfMissing() throws(WarehouseError) {
        if try exists() { return }
        let partial = "\(file).\(getpid()).partial"
        defer { for end in ["", ".wal"] { unlink(partial + end) } }
        do throws(IOError) {
            try FileSystem.makeFolders(FileSystem.parent(of: file))
            try FileSystem.remove(partial)
        } catch {
            throw .io(error)
        }
        _ = try program.run(
            opening(partial, .writing) + [
                "CREATE SCHEMA \(SQLText.identifier(Self.catalog)).\(SQLText.identifier("lnd"))"
            ])
        do throws(IOError) {
            _ = try FileSystem.renameIfAbsent(partial, to: file)
        } catch {
            throw .io(error)
        }
    }

    /// Runs statements in one process, waiting for the file while another process holds it.
    func run(_ access: WarehouseAccess, _ statements: [String]) throws(WarehouseError) -> [JSONObject] {
        let deadline = Environment.monotonicSeconds() + lockTimeout
        var pause = Self.firstPauseMilliseconds
        while true {
            do throws(WarehouseError) {
                return try program.run(opening(file, access) + statements)
            } catch {
                guard case .locked = error, Environment.monotonicSeconds() < deadline else { throw error }
            }
            usleep(UInt32(pause) * 1000)
            pause = min(pause * 2, Self.longestPauseMilliseconds)
        }
    }

    /// The whole script, as `--dry-run` shows it.
    func script(_ access: WarehouseAccess, _ statements: [String]) -> String {
        (opening(file, access) + statements).map { "\($0);\n" }.joined()
    }

    func problems(of rows: ProcessedRows) throws(WarehouseError) -> [FileFinding] {
        rows.files.compactMap { LakeFiles.problem(of: $0) }
    }

    func describe(_ path: String) throws(StageFailure) -> FileLoader.File? {
        let local = LakeFile(url: path, byteCount: nil).localPath ?? path
        do throws(IOError) {
            let (digest, byteCount) = try MessageDigest.hex(.sha256, of: try DescriptorSource(path: local))
            return FileLoader.File(path: path, byteCount: byteCount, sha256: digest, fingerprint: digest)
        } catch {
            if error.isNotFound { return nil }
            throw .input(error)
        }
    }

    func arrival(
        of files: [LakeFile], for table: TableShape, delivery: String, holder: String, key: [String]
    ) -> Arrival {
        let added = "\(SQLText.literal(delivery)) AS _delivery, \(dialect.now) AS _loaded_at"
        let insertion = "INSERT INTO \(dialect.name(table)) BY NAME SELECT"
        let plain = ParquetFiles.source(files)
        guard !key.isEmpty else {
            return Arrival(preparation: [], insertion: ["\(insertion) *, \(added) FROM \(plain)"], source: plain)
        }
        let keys = key.map(SQLText.identifier)
        let match = keys.map { "landed.\($0) IS NOT DISTINCT FROM arriving.\($0)" }.joined(separator: " AND ")
        return Arrival(
            preparation: [],
            insertion: [
                "DELETE FROM \(dialect.name(table)) AS landed USING \(plain) AS arriving WHERE \(match)",
                """
                \(insertion) * EXCLUDE (file_row_number), \(added) FROM \(ParquetFiles.source(files, numbersRows: true)) \
                QUALIFY row_number() OVER (PARTITION BY \(keys.joined(separator: ", ")) ORDER BY file_row_number DESC) = 1
                """,
            ], source: plain)
    }

    private func opening(_ file: String, _ access: WarehouseAccess) -> [String] {
        [
            // Nothing is ever fetched from the network, and what does not fit in memory goes beside the warehouse.
            "SET autoinstall_known_extensions = false",
            "SET temp_directory = \(SQLText.literal(file + ".tmp"))",
            "ATTACH \(SQLText.literal(file)) AS \(Self.catalog)\(access == .reading ? " (READ_ONLY)" : "")",
        ]
    }
}
