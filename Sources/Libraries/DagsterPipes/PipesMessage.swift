package import NDJSON

/// One message to Dagster (Pipes protocol 0.1): the handler is called with exactly these parameters, and a missing or
/// an extra one silently ends the reading.
package struct PipesMessage: Equatable, Sendable {
    /// The levels that the handler knows; another one ends the reading.
    package enum Level: String, Sendable { case debug = "DEBUG", info = "INFO", warning = "WARNING", error = "ERROR" }
    package enum Severity: String, Sendable { case warn = "WARN", error = "ERROR" }

    private static let version = "0.1"

    private let method: String
    private let params: JSONObject

    /// The session begins.
    package static let opened = PipesMessage(method: "opened", params: ["extras": .object([:])])

    package static func log(_ level: Level, _ text: String) -> PipesMessage {
        PipesMessage(method: "log", params: ["message": .string(text), "level": .string(level.rawValue)])
    }

    package static func check(
        _ name: String, asset: String, passed: Bool, severity: Severity, _ metadata: [(String, PipesMetadata)]
    ) -> PipesMessage {
        PipesMessage(
            method: "report_asset_check",
            params: [
                "asset_key": .string(asset), "check_name": .string(name), "passed": .bool(passed),
                "metadata": wire(metadata), "severity": .string(severity.rawValue),
            ])
    }

    package static func materialization(
        asset: String, dataVersion: String?, _ metadata: [(String, PipesMetadata)]
    ) -> PipesMessage {
        PipesMessage(
            method: "report_asset_materialization",
            params: [
                "asset_key": .string(asset), "data_version": .optional(dataVersion), "metadata": wire(metadata),
            ])
    }

    /// Something for the Python side: `get_custom_messages()`.
    package static func custom(_ payload: JSONValue) -> PipesMessage {
        PipesMessage(method: "report_custom_message", params: ["payload": payload])
    }

    /// The session ends, with what went wrong.
    package static func closed(_ exception: PipesException?) -> PipesMessage {
        PipesMessage(method: "closed", params: exception.map { ["exception": $0.wire] } ?? [:])
    }

    /// The message as a line, its line feed included.
    package var line: [UInt8] {
        let object: JSONObject = [
            "__dagster_pipes_version": .string(Self.version), "method": .string(method), "params": .object(params),
        ]
        return JSONValue.object(object).bytes + [0x0A]
    }

    private static func wire(_ metadata: [(String, PipesMetadata)]) -> JSONValue {
        var object = JSONObject()
        for (name, value) in metadata { object[name] = value.wire }
        return .object(object)
    }
}

/// What went wrong, and what caused it.
package indirect enum PipesException: Equatable, Sendable {
    case failure(name: String, message: String, cause: PipesException?)

    /// A chain: the first is what is told, each next one caused the one before it. Nil for an empty list.
    package static func chain(_ failures: [(name: String, message: String)]) -> PipesException? {
        var cause: PipesException?
        for failure in failures.reversed() {
            cause = .failure(name: failure.name, message: failure.message, cause: cause)
        }
        return cause
    }

    /// All five keys must be there.
    fileprivate var wire: JSONValue {
        guard case .failure(let name, let message, let cause) = self else { return .null }
        return .object([
            "message": .string(message + "\n"), "stack": .array([]), "name": .string(name),
            "cause": cause?.wire ?? .null, "context": .null,
        ])
    }
}
