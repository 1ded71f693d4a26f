internal import StageKit

/// Where the warehouse is.
enum TargetAddress: Equatable {
    /// The path of a DuckDB file.
    case duckdb(String)

    /// From `duckdb:FILE`.
    init(_ text: String) throws(StageFailure) {
        if text.hasPrefix("duckdb:") {
            let file = String(text.dropFirst("duckdb:".count))
            guard !file.isEmpty, file != ":memory:" else { throw .usage("--to duckdb: lacks the file") }
            self = .duckdb(file)
        } else if text.hasPrefix("snowflake:") {
            throw .badConfiguration("--to \(text): this version loads into duckdb:FILE only")
        } else {
            throw .usage("--to \(text): not an address like duckdb:FILE")
        }
    }
}
