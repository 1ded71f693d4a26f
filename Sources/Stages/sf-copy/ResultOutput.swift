internal import Bytes
internal import NDJSON
internal import StageKit

/// Lines of results on standard output. Each goes out at once, so that what was printed has happened.
final class ResultOutput {
    let report: RunReport
    private let sink = DescriptorSink(descriptor: 1, path: "standard output")

    init(report: RunReport) { self.report = report }

    func print(_ document: JSONObject) throws(StageFailure) { try write(JSONValue.object(document).bytes + [0x0A]) }

    /// Prints statements as a script.
    func print(script: String) throws(StageFailure) { try write(Array(script.utf8)) }

    private func write(_ bytes: [UInt8]) throws(StageFailure) {
        do throws(IOError) { try sink.write(bytes) } catch { throw .output(error) }
    }
}
