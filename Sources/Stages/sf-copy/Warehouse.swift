internal import NDJSON
internal import StageKit

/// Where tables are: DuckDB in a file, or Snowflake.
protocol Warehouse {
    /// How it wants to be spoken to.
    var dialect: SQLDialect { get }
    /// What it is called in messages.
    var displayName: String { get }

    /// Whether there is anything at all. Without it, everything is still to be loaded.
    func exists() throws(WarehouseError) -> Bool
    /// Makes an empty one where there is none.
    func makeIfMissing() throws(WarehouseError)
    /// Runs statements one after the other, up to the first that fails, and gives the rows of the queries: all of them
    /// when reading, those behind COMMIT when writing. What stands from BEGIN to COMMIT happens whole or not at all.
    func run(_ access: WarehouseAccess, _ statements: [String]) throws(WarehouseError) -> [JSONObject]
    /// The whole script, as `--dry-run` shows it.
    func script(_ access: WarehouseAccess, _ statements: [String]) -> String
    /// What is wrong with a delivery's files: one that is not there, or of another length than the manifest says. Empty
    /// when nothing is.
    func problems(of rows: ProcessedRows) throws(WarehouseError) -> [FileFinding]
    /// The file as it is known: by its content, as far as this side can tell. Nil for one that is not there.
    func describe(_ path: String) throws(StageFailure) -> FileLoader.File?
    /// How the rows of some files come into a table.
    ///
    /// - Parameters:
    ///   - delivery: what they are known by there.
    ///   - holder: the transaction's name, which no other has.
    ///   - key: columns; rows that are there with the same values go. Of those with the same key in the files the last
    ///     one counts. Empty: rows are added.
    func arrival(of files: [LakeFile], for table: TableShape, delivery: String, holder: String, key: [String])
        -> Arrival
}

enum WarehouseAccess {
    case reading
    case writing
}

/// How rows come from files into a table.
struct Arrival {
    /// What is done before the transaction begins, such as copying files into a table of their own.
    let preparation: [String]
    /// What adds the rows, within the transaction.
    let insertion: [String]
    /// What can be counted: as many rows as the files have.
    let source: String
}
