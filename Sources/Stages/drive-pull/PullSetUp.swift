import Bytes
import StageKit

/// From options to what the run works with.
enum PullSetUp {
    /// The folders as addresses. Naming one twice, or pulling a folder into itself, is a usage error.
    static func sources(_ folders: [String], output: String) throws(StageFailure) -> [SourceAddress] {
        var sources: [SourceAddress] = []
        for folder in folders {
            let source = try SourceAddress.parse(folder)
            if sources.contains(source) { throw .usage("\(folder): named twice") }
            if case .folder(let path) = source, SourceAddress.absolutePath(output) == path {
                throw .usage("\(folder): a folder cannot be pulled into itself")
            }
            sources.append(source)
        }
        return sources
    }

    /// The newest record of each file; none without `--known`.
    static func records(_ path: String?, report: RunReport) throws(StageFailure) -> NewestRecords {
        guard let path else { return NewestRecords() }
        let digest = InputDigest()
        let source: any ByteSource
        do throws(IOError) {
            source = try DataInput.open(path, digest: digest)
        } catch {
            throw .input(error)
        }
        let records = try NewestRecords.read(source)
        report.addInput(StoredFile(path: path, byteCount: digest.byteCount, sha256: digest.finish()))
        return records
    }
}
