import StageKit

/// The lines that a run printed, kept in the lake as `_manifests/NAME.ndjson`: what was done when, for whoever asks
/// later. Nothing reads it to decide anything.
struct AuditCopy {
    static let folder = "_manifests/"
    /// Longer manifests are kept up to here, and the run says so.
    static let byteLimit = 256 << 20

    let address: LakeAddress
    private var bytes: [UInt8] = []
    private var isCut = false

    init(lake: LakeAddress, run: String) { address = lake.appending("\(Self.folder)\(run).ndjson") }

    mutating func add(_ line: ManifestLine) {
        let line = line.bytes
        guard !isCut, bytes.count + line.count <= Self.byteLimit else {
            isCut = true
            return
        }
        bytes += line
    }

    /// Stores what there is. A run of the same name that was begun before is replaced.
    func store(in store: any LakeStore, log: Log) throws(StageFailure) {
        guard !bytes.isEmpty else { return }
        if isCut { log.warning("\(address.url): only the first \(Self.byteLimit) bytes are kept", code: "audit.cut") }
        _ = try mapLakeError { () throws(LakeError) in try store.put(.bytes(bytes), at: address, when: .always) }
    }
}
