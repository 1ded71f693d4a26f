import Bytes
import StageKit

/// All files below a lake folder, one after the other in byte order of their paths, as one stream.
///
/// A JSON file that lacks its last line feed gets one, so that documents stay lines; everything else passes as it is.
final class FolderSource: ByteSource {
    let path: String
    private let store: any LakeStore
    private var waiting: ArraySlice<LakeEntry>
    private var current: (source: any ByteSource, isJSON: Bool)?
    private var lastByte: UInt8 = 0x0A

    /// A folder that is not there gives nothing.
    init(_ folder: LakeAddress, in store: any LakeStore) throws(StageFailure) {
        path = folder.url
        self.store = store
        waiting = try mapLakeError { () throws(LakeError) in try store.files(below: folder) }[...]
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        while true {
            guard let (source, isJSON) = current else {
                guard let next = waiting.popFirst() else { return 0 }
                current = (try open(next), next.path.hasSuffix(".json") || next.path.hasSuffix(".ndjson"))
                lastByte = 0x0A
                continue
            }
            let count = try source.read(into: buffer)
            if count > 0 {
                lastByte = buffer[count - 1]
                return count
            }
            current = nil
            if isJSON, lastByte != 0x0A, buffer.count > 0 {
                buffer[0] = 0x0A
                return 1
            }
        }
    }

    private func open(_ entry: LakeEntry) throws(IOError) -> any ByteSource {
        do throws(LakeError) {
            return try store.open(entry.address)
        } catch {
            if case .io(let failure, _) = error { throw failure }
            throw .corrupt(path: entry.address.url, reason: "it went away while the folder was read")
        }
    }
}
