import Bytes
import NDJSON
import StageKit

/// `--delete`: takes a file or a folder out of a lake, such as a lake that was made for a trial.
///
/// Two things are not removed by a slip: a whole container, which is never removed, and the memory of a lake.
struct LakeDeletion {
    /// Where a lake keeps what cannot be made again.
    static let memory: Set<String> = ["raw", "_deliveries"]

    let address: LakeAddress
    let store: any LakeStore
    /// Whether a lake's memory may go as well.
    let takesMemory: Bool

    init(_ text: String, takesMemory: Bool, _ settings: LakeSettings) throws(StageFailure) {
        address = try Lakes.address(text)
        self.takesMemory = takesMemory
        guard address.location.utf8.contains(where: { $0 != 0x2F && $0 != 0x2E }) else {
            throw .usage("\(text): --delete takes a file or a folder, never a whole lake's container or root")
        }
        store = try Lakes.store(for: address, settings)
    }

    /// Removes, and gives a line for each file that is gone.
    func run(dryRun: Bool, to output: inout DataOutput) throws(StageFailure) -> Int {
        let (store, address) = (store, address)
        if !takesMemory {
            let files = try mapLakeError { () throws(LakeError) in try store.delete(address, dryRun: true) }
            if let file = files.first(where: isMemory) {
                throw .usage(
                    "\(file.url) is what a lake remembers, and nothing makes it again: --with-memory deletes it")
            }
        }
        let deleted = try mapLakeError { () throws(LakeError) in try store.delete(address, dryRun: dryRun) }
        for name in deleted {
            let line = JSONValue.object(["url": .string(name.url), "deleted": .bool(!dryRun)])
            try mapOutputError { () throws(IOError) in try output.append(line.bytes + [0x0A]) }
        }
        return deleted.count
    }

    /// Whether a file lies in a folder of that name, whichever it was that is to go.
    private func isMemory(_ file: LakeAddress) -> Bool {
        file.location.split(separator: "/").dropLast().contains { Self.memory.contains(String($0)) }
    }
}
