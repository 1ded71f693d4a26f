import Bytes
import DagsterPipes
import NDJSON
import StageKit

/// Passes the lines of a command's standard error on, to our own and to Dagster's log.
///
/// A failure to tell Dagster does not stop the command; it is kept and becomes ours at the end.
final class MessageRelay {
    /// Dagster keeps every message in its database: what a command says beyond this many lines is only passed on.
    static let messageLimit = 5_000
    /// A longer line is cut in Dagster's log, and cut in pieces before it fills the memory.
    static let lineLimit = 16 << 10

    /// Stands for a zero byte, which no text in Postgres may hold.
    private static let substitute = UInt8(ascii: "?")

    var exception: PipesException?
    private(set) var messageCount = 0
    /// The last line that says something, for a failure that no report explains.
    private(set) var lastLine: String?

    private let session: PipesSession
    private let log: Log
    private var rest: [UInt8] = []
    private var fault: PipesError?

    init(_ session: PipesSession, log: Log) {
        self.session = session
        self.log = log
    }

    /// Takes the next bytes of standard error.
    func append(_ bytes: UnsafeRawBufferPointer) {
        rest.append(contentsOf: bytes)
        var start = 0
        while let end = rest[start...].firstIndex(of: 0x0A) {
            relay(rest[start..<end])
            start = end + 1
        }
        rest.removeFirst(start)
        if rest.count >= Self.lineLimit { finish() }
    }

    /// Takes what has no line feed for a line too.
    func finish() {
        guard !rest.isEmpty else { return }
        relay(rest[...])
        rest.removeAll(keepingCapacity: true)
    }

    /// Tells Dagster something of our own.
    func warn(_ text: String) {
        log.warning(text)
        deliver { session throws(PipesError) in try session.send(.log(.warning, "pipes-run: \(text)")) }
    }

    func deliver(_ body: (PipesSession) throws(PipesError) -> Void) {
        do throws(PipesError) {
            try body(session)
        } catch {
            fault = fault ?? error
        }
    }

    func close() {
        deliver { session throws(PipesError) in try session.close(exception) }
    }

    /// What a run that could not tell Dagster everything ends with. The command's own failure comes first.
    func failure(status: Int32) -> StageFailure? {
        guard let fault else { return nil }
        let told = DagsterStep.failure(fault)
        return status == 0 ? told : StageFailure(status: status, told.message)
    }

    private func relay(_ line: ArraySlice<UInt8>) {
        let whole = line + [0x0A]
        // There is nowhere to report that standard error is gone.
        _ = whole.withUnsafeBytes { try? writeAll($0, to: 2, path: "standard error") }
        let text = String(decoding: line.prefix(Self.lineLimit).map { $0 == 0 ? Self.substitute : $0 }, as: UTF8.self)
        guard text.contains(where: { !$0.isWhitespace }) else { return }
        lastLine = text
        messageCount += 1
        guard messageCount <= Self.messageLimit else { return }
        let (level, message) = Self.read(text)
        deliver { session throws(PipesError) in
            try session.send(.log(level, message))
            if messageCount == Self.messageLimit {
                let note = "pipes-run: more than \(Self.messageLimit) lines; the rest stands in the step's stderr only"
                try session.send(.log(.warning, note))
            }
        }
    }

    /// The level that a line claims, in either format of our programs' messages.
    static func read(_ line: String) -> (PipesMessage.Level, String) {
        if line.utf8.first == 0x7B, let document = try? JSONValue(parsing: Array(line.utf8)),
            let level = document["level"]?.string, let message = document["message"]?.string
        {
            let program = document["program"]?.string.map { "\($0): " } ?? ""
            switch level {
            case "error": return (.error, program + message)
            case "warning": return (.warning, program + message)
            case "detail": return (.debug, program + message)
            default: return (.info, program + message)
            }
        }
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        return (parts.count == 3 && parts[1] == " warning" ? .warning : .info, line)
    }
}
