internal import StageKit

/// Where the warehouse is.
enum TargetAddress: Equatable {
    /// The path of a DuckDB file.
    case duckdb(String)
    /// The name of a connection of Snowflake's own programs; empty for the default one, or variables alone.
    case snowflake(connection: String)

    /// From `duckdb:FILE` or `snowflake:CONNECTION`.
    init(_ text: String) throws(StageFailure) {
        if text.hasPrefix("duckdb:") {
            let file = String(text.dropFirst("duckdb:".count))
            guard !file.isEmpty, file != ":memory:" else { throw .usage("--to duckdb: lacks the file") }
            self = .duckdb(file)
        } else if text.hasPrefix("snowflake:") {
            self = .snowflake(connection: String(text.dropFirst("snowflake:".count)))
        } else {
            throw .usage("--to \(text): not an address like duckdb:FILE or snowflake:CONNECTION")
        }
    }
}
