internal import Bytes
internal import Glibc
internal import NDJSON
internal import StageKit

/// The `duckdb` program, which runs one script per process: what a script does in one transaction happens whole or
/// not at all, whenever either process is ended.
struct DuckDBProgram {
    /// The answers of one script are at most this long: 200,000 control rows.
    static let answerLimit = 256 << 20
    /// As much is told of an answer that is no row.
    static let strayTextLimit = 1000

    let path: String

    /// - Parameters:
    ///   - named: what `SLUICE_DUCKDB` says: a path.
    ///   - searchPath: what `PATH` says.
    static func find(named: String?, searchPath: String?) throws(StageFailure) -> DuckDBProgram {
        if let named {
            guard access(named, X_OK) == 0 else {
                throw .badConfiguration("SLUICE_DUCKDB names \(named), which cannot be run")
            }
            // Without a slash it would be looked for in PATH.
            return DuckDBProgram(path: named.utf8.contains(0x2F) ? named : "./\(named)")
        }
        for folder in (searchPath ?? "").split(separator: ":") {
            let candidate = FileSystem.join(String(folder), "duckdb")
            if access(candidate, X_OK) == 0 { return DuckDBProgram(path: candidate) }
        }
        throw .badConfiguration(
            "there is no duckdb program on the PATH: install it (pip install duckdb-cli) or name it in SLUICE_DUCKDB")
    }

    /// Runs statements in their order, stopping at the first that fails, and gives the rows of all queries.
    func run(_ statements: [String]) throws(WarehouseError) -> [JSONObject] {
        let script = statements.map { "\($0);\n" }.joined()
        let outcome: CapturedOutcome
        do throws(IOError) {
            // No settings of the user, stop at the first error, no prompts; one JSON object per row.
            outcome = try CapturedProcess.run(
                [path, "-init", "/dev/null", "-bail", "-batch", "-jsonlines"], input: Array(script.utf8),
                outputLimit: Self.answerLimit)
        } catch {
            throw .io(error)
        }
        switch outcome.ending {
        case .exited(0): return try Self.rows(outcome.output)
        case .exited(1): throw WarehouseError(message: Self.firstLine(outcome.errors))
        case .exited(let status): throw .interrupted("duckdb ended with status \(status)")
        case .signalled(let number): throw .interrupted("duckdb was ended by signal \(number)")
        case .overdue: throw .interrupted("duckdb took too long")
        }
    }

    /// What went wrong when the database was closed, such as a disk that is full, is written among the answers, in
    /// colours, and the status is 0.
    static func rows(_ output: [UInt8]) throws(WarehouseError) -> [JSONObject] {
        var rows: [JSONObject] = []
        for line in output.split(separator: 0x0A) {
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue(parsing: Array(line))
            } catch {
                let rest = output[line.startIndex...].prefix(strayTextLimit)
                throw WarehouseError(message: "duckdb answered: \(plainText(rest))")
            }
            if let row = value.object { rows.append(row) }
        }
        return rows
    }

    /// One line without the codes of colours (`ESC [ 31 m`).
    private static func plainText(_ bytes: some Sequence<UInt8>) -> String {
        var plain: [UInt8] = []
        var isInCode = false
        for byte in bytes {
            if byte == 0x1B { isInCode = true }
            let isGap = byte <= 0x20
            if !isInCode, !(isGap && (plain.last ?? 0x20) == 0x20) { plain.append(isGap ? 0x20 : byte) }
            if byte == 0x6D { isInCode = false }
        }
        if plain.last == 0x20 { plain.removeLast() }
        return String(decoding: plain, as: UTF8.self)
    }

    /// The first line says what is wrong; those below show the statement again.
    private static func firstLine(_ bytes: [UInt8]) -> String {
        let lines = bytes.split(separator: 0x0A)
        return lines.first.map { String(decoding: $0, as: UTF8.self) } ?? "duckdb failed without a message"
    }
}
