import Bytes
import Glibc
import NDJSON
import TestSupport

/// Plays Dagster's part: makes the two variables, starts the program, reads the messages.
final class DagsterStandIn {
    let folder: TemporaryDirectory
    private let program: Program

    init() throws {
        folder = try TemporaryDirectory()
        program = try Program.built("pipes-run")
    }

    /// `base64(zlib(text))`, as Dagster encodes parameters.
    static func parameter(_ text: String) throws -> String {
        let bytes = Array(text.utf8)
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        let sum = high << 16 | low
        let tail = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> UInt32($0)) }
        return Base64.encode([0x78, 0x9C] + (try ZipBuilder.deflate(bytes)) + tail)
    }

    /// Starts the program under Dagster.
    func start(
        _ arguments: [String], assets: [String] = [], extras: String = "{}", range: String = "null",
        messages: String? = nil
    ) throws -> RunningProgram {
        let keys = JSONValue.array(assets.map { .string($0) }).text
        let context = try folder.write(
            "context",
            text:
                #"{"asset_keys":\#(keys),"partition_key_range":\#(range),"run_id":"r","retry_number":0,"extras":\#(extras)}"#
        )
        let file = try folder.write("messages", text: "")
        let channel = messages ?? #"{"path": "\#(file)"}"#
        let variables = [
            "DAGSTER_PIPES_CONTEXT=\(try Self.parameter(#"{"path": "\#(context)"}"#))",
            "DAGSTER_PIPES_MESSAGES=\(try Self.parameter(channel))",
        ]
        return try Program("/usr/bin/env").start(variables + [program.path] + arguments, in: folder.path)
    }

    func run(
        _ arguments: [String], assets: [String] = [], extras: String = "{}", range: String = "null",
        messages: String? = nil
    ) throws -> Program.Outcome {
        try start(arguments, assets: assets, extras: extras, range: range, messages: messages).wait()
    }

    /// The messages so far: method and parameters.
    func messages() throws -> [(method: String, params: JSONValue)] {
        try folder.text("messages").split(separator: "\n").map { line in
            let document = try JSONValue(parsing: Array(line.utf8))
            return (document["method"]?.string ?? "", document["params"] ?? .null)
        }
    }

    func logs() throws -> [String] {
        try messages().filter { $0.method == "log" }.map {
            "\($0.params["level"]?.string ?? "") \($0.params["message"]?.string ?? "")"
        }
    }

    /// The failure that was told: names and messages, from the outermost in.
    func failure() throws -> [String] {
        var found: [String] = []
        var next = try messages().last?.params["exception"]
        while let failure = next, !failure.isNull {
            found.append("\(failure["name"]?.string ?? "") | \(failure["message"]?.string ?? "")")
            next = failure["cause"]
        }
        return found
    }
}
