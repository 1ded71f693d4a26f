package import Bytes
package import NDJSON

/// What a run did, for `--report`: gathered while it runs, written at its end whether it succeeded or not.
///
/// Reports may hold wall-clock durations; data never does.
package final class RunReport {
    package private(set) var counts = JSONObject()
    package private(set) var warnings = JSONObject()
    package private(set) var details = JSONObject()
    private var inputs: [JSONValue] = []
    private var outputs: [JSONValue] = []
    private let program: String
    private let arguments: [String]
    private let start = Environment.monotonicSeconds()

    package init(program: String, arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    package func addInput(_ file: StoredFile) { inputs.append(Self.describe(file)) }
    package func addOutput(_ file: StoredFile) { outputs.append(Self.describe(file)) }

    /// Sets one count, such as `read`.
    package func count(_ name: String, _ value: Int) { counts[name] = .integer(value) }

    /// Counts a warning under its code, such as `excel.formulaWithoutValue`.
    package func warn(_ code: String, times: Int = 1) {
        warnings[code] = .integer((warnings[code]?.integer ?? 0) + times)
    }

    /// Adds something that only this program reports.
    package func detail(_ name: String, _ value: JSONValue) { details[name] = value }

    /// The report as one JSON object.
    package func document(status: Int32, error: String?) -> JSONValue {
        let milliseconds = Int((Environment.monotonicSeconds() - start) * 1000)
        let fraction = String(milliseconds % 1000)
        let seconds = "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
        var object: JSONObject = [
            "program": .string(program), "version": .string(sluiceVersion),
            "arguments": .array(Redaction.arguments(arguments).map { .string($0) }), "inputs": .array(inputs),
            "outputs": .array(outputs), "counts": .object(counts), "warnings": .object(warnings),
        ]
        for member in details.members { object[member.key] = member.value }
        object["seconds"] = .number(seconds)
        object["exit_status"] = .integer(status)
        object["error"] = .optional(error)
        return .object(object)
    }

    /// Writes the report as a file that appears when it is whole, or to standard output for `-`.
    package func write(to path: String, status: Int32, error: String?) throws(IOError) {
        var output = try DataOutput(path)
        try output.append(document(status: status, error: error).bytes + [0x0A])
        try output.finish()
        _ = try output.publish()
    }

    private static func describe(_ file: StoredFile) -> JSONValue {
        .object(["path": .string(file.path), "bytes": .integer(file.byteCount), "sha256": .optional(file.sha256)])
    }
}

/// Takes what could be a secret out of texts that are kept or shown.
package enum Redaction {
    private static let secretParameters = ["sig=", "token=", "password=", "secret=", "key="]

    /// The arguments with the values of URL parameters that carry secrets replaced.
    package static func arguments(_ arguments: [String]) -> [String] { arguments.map(text) }

    /// A text with the values of URL parameters that carry secrets replaced.
    package static func text(_ text: String) -> String {
        var parts: [String] = []
        for part in text.split(separator: "&", omittingEmptySubsequences: false) {
            parts.append(redactPart(String(part)))
        }
        return parts.joined(separator: "&")
    }

    private static func redactPart(_ part: String) -> String {
        let bytes = Array(part.utf8)
        let start = (bytes.lastIndex(of: 0x3F) ?? -1) + 1
        let tail = String(decoding: bytes[start...], as: UTF8.self).lowercased()
        guard let name = secretParameters.first(where: { tail.hasPrefix($0) }), start > 0 || bytes.count > 0 else {
            return part
        }
        return String(decoding: bytes[..<(start + name.utf8.count)], as: UTF8.self) + "***"
    }
}
