import Bytes
import NDJSON
import StageKit

/// One program's `--report`.
struct ProgramReport {
    let program: String
    let status: Int32
    let error: String?
    let counts: JSONObject
    let document: JSONValue
    /// The folder it lies in, below the run's folder: a delivery, or empty.
    let folder: String
}

/// What a command left in its run's folder: reports of programs, and lines about deliveries.
struct ReportFolder {
    /// More reports than these are not read, and a longer file is none.
    static let fileLimit = 20_000
    static let byteLimit = 64 << 20
    private static let depthLimit = 2
    /// The order in which data meets the programs: the first that failed is the cause of the others' trouble.
    private static let order = ["drive-pull", "adls-put", "xlsx2ndjson", "clean", "ndjson2parquet", "sf-copy"]

    private(set) var programs: [ProgramReport] = []
    /// The lines of each file; nil when it is not there, so the step that writes it did not come to its end.
    private(set) var pulled: [JSONValue]?
    private(set) var processed: [JSONValue]?
    private(set) var loaded: [JSONValue]?
    private(set) var steps: [(name: String, status: Int32)] = []

    /// What cannot be read is told as a warning: it must not look as if it had never been there.
    init(_ path: String?, relay: MessageRelay) {
        guard let path else { return }
        pulled = Self.lines(FileSystem.join(path, "raw.ndjson"), relay)
        processed = Self.lines(FileSystem.join(path, "processed.ndjson"), relay)
        loaded = Self.lines(FileSystem.join(path, "loaded.ndjson"), relay)
        for line in Self.lines(FileSystem.join(path, "steps.ndjson"), relay) ?? [] {
            guard let name = line["step"]?.string, let status = line["exit_status"]?.integer else { continue }
            steps.append((name, Int32(truncatingIfNeeded: status)))
        }
        collect(path, below: "", depth: 0, relay)
        programs.sort { left, right in (Self.place(left), left.folder) < (Self.place(right), right.folder) }
    }

    private static func place(_ report: ProgramReport) -> Int {
        order.firstIndex(of: report.program) ?? order.count
    }

    private mutating func collect(_ path: String, below folder: String, depth: Int, _ relay: MessageRelay) {
        guard let names = try? FileSystem.names(in: path) else { return }
        for name in names {
            let file = FileSystem.join(path, name)
            guard let status = try? FileSystem.status(file) else { continue }
            if status.isDirectory {
                if depth < Self.depthLimit {
                    collect(file, below: folder.isEmpty ? name : "\(folder)/\(name)", depth: depth + 1, relay)
                }
            } else if name.hasSuffix(".json") {
                guard programs.count < Self.fileLimit else {
                    relay.warn("\(path): more than \(Self.fileLimit) reports; the others are left out")
                    return
                }
                if let report = Self.report(file, folder, relay) { programs.append(report) }
            }
        }
    }

    private static func report(_ file: String, _ folder: String, _ relay: MessageRelay) -> ProgramReport? {
        guard let document = document(file, relay) else { return nil }
        // Other documents may lie there too.
        guard let program = document["program"]?.string, let status = document["exit_status"]?.integer else {
            return nil
        }
        return ProgramReport(
            program: program, status: Int32(truncatingIfNeeded: status), error: document["error"]?.string,
            counts: document["counts"]?.object ?? [:], document: document, folder: folder)
    }

    private static func document(_ file: String, _ relay: MessageRelay) -> JSONValue? {
        do throws(IOError) {
            let bytes = try FileSystem.contents(file, limit: byteLimit)
            do throws(JSONError) {
                return try JSONValue(parsing: bytes)
            } catch {
                relay.warn("\(file) is no report: \(error.message)")
            }
        } catch {
            relay.warn("a report cannot be read: \(error.message)")
        }
        return nil
    }

    private static func lines(_ file: String, _ relay: MessageRelay) -> [JSONValue]? {
        do throws(IOError) {
            guard try FileSystem.status(file) != nil else { return nil }
            var lines: [JSONValue] = []
            let source = try DescriptorSource(path: file)
            do throws(StageFailure) {
                try DocumentLines.forEach(of: source) { (_, line) throws(StageFailure) in lines.append(line) }
            } catch {
                relay.warn(error.message ?? file)
            }
            return lines
        } catch {
            relay.warn(error.message)
            return nil
        }
    }
}
