internal import Bytes
package import NDJSON

/// What Dagster says of the step that started this program.
package struct PipesContext: Equatable, Sendable {
    /// The first and the last partition of a step; the same for a single one.
    package struct PartitionRange: Equatable, Sendable {
        package let first: String
        package let last: String

        package init(first: String, last: String) {
            self.first = first
            self.last = last
        }
    }

    /// The assets that the step may report on, parts of a key joined by `/`. Empty for a step without assets.
    package let assetKeys: [String]
    package let partitions: PartitionRange?
    package let runID: String
    /// How often Dagster has retried the step.
    package let retryNumber: Int
    /// What the Python side passed on.
    package let extras: JSONObject

    /// Reads the context from where the parameter says: `{"path": FILE}` or `{"data": {...}}`.
    package init(parameter: JSONObject) throws(PipesError) {
        try self.init(document: Self.document(parameter))
    }

    /// Takes what it needs; keys that are not known are passed over. Throws `malformed` where a value has another type
    /// than the protocol says.
    package init(document: JSONValue) throws(PipesError) {
        guard let object = document.object else {
            throw .malformed(name: "the Pipes context", reason: "it is no JSON object")
        }
        func malformed(_ key: String) -> PipesError {
            .malformed(name: "the Pipes context", reason: "`\(key)` is not as the protocol says")
        }
        let keys = object["asset_keys"] ?? .null
        if !keys.isNull {
            guard let list = keys.array, list.allSatisfy({ $0.string != nil }) else { throw malformed("asset_keys") }
            assetKeys = list.compactMap(\.string)
        } else {
            assetKeys = []
        }
        guard let run = object["run_id"]?.string else { throw malformed("run_id") }
        runID = run
        retryNumber = object["retry_number"]?.integer ?? 0
        let given = object["extras"] ?? .null
        guard given.isNull || given.object != nil else { throw malformed("extras") }
        extras = given.object ?? [:]
        let range = object["partition_key_range"] ?? .null
        if !range.isNull {
            guard let first = range["start"]?.string, let last = range["end"]?.string else {
                throw malformed("partition_key_range")
            }
            partitions = PartitionRange(first: first, last: last)
        } else if let ends = extras["range"]?.array, ends.count == 2, let first = ends[0].string,
            let last = ends[1].string
        {
            // One run over several partitions: Dagster leaves its own keys null, and the Python side passes the ends.
            partitions = PartitionRange(first: first, last: last)
        } else {
            partitions = nil
        }
    }

    private static func document(_ parameter: JSONObject) throws(PipesError) -> JSONValue {
        if let data = parameter["data"] { return data }
        guard let path = parameter["path"]?.string else {
            throw .malformed(name: PipesParameter.contextName, reason: "it has neither path nor data")
        }
        let bytes: [UInt8]
        do throws(IOError) {
            bytes = try FileSystem.contents(path, limit: PipesParameter.byteLimit)
        } catch {
            throw .io(error)
        }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .malformed(name: path, reason: error.message)
        }
    }
}
