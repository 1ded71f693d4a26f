import Bytes
import HTTP
import StageKit

/// All files below a lake folder, one after the other in byte order of their paths, as one stream.
///
/// A JSON file that lacks its last line feed gets one, so that documents stay lines; everything else passes as it is.
/// Small files are fetched ahead, several at a time: a lake holds thousands of records, each a journey away.
final class FolderSource: LakeSource {
    /// Larger files are read when their turn comes.
    static let smallByteLimit = 256 << 10
    /// Small files that are fetched ahead, for each of those fetched at a time.
    static let aheadFactor = 4

    let path: String
    private(set) var lakeFailure: LakeError?
    private let store: any LakeStore
    private var waiting: ArraySlice<LakeEntry>
    /// Contents of the first of those waiting.
    private var ahead: ArraySlice<[UInt8]> = []
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
                guard !waiting.isEmpty else { return 0 }
                do throws(LakeError) {
                    current = try next()
                } catch {
                    throw failed(error)
                }
                lastByte = 0x0A
                continue
            }
            let count: Int
            do throws(IOError) {
                count = try source.read(into: buffer)
            } catch {
                lakeFailure = (source as? any LakeSource)?.lakeFailure
                throw error
            }
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

    private func next() throws(LakeError) -> (source: any ByteSource, isJSON: Bool)? {
        if ahead.isEmpty { try fetchAhead() }
        guard let entry = waiting.popFirst() else { return nil }
        let isJSON = entry.path.hasSuffix(".json") || entry.path.hasSuffix(".ndjson")
        if let bytes = ahead.popFirst() { return (MemorySource(bytes, path: entry.address.url), isJSON) }
        return (try store.open(entry.address), isJSON)
    }

    private func fetchAhead() throws(LakeError) {
        guard store.readsAtOnce > 1 else { return }
        let small = waiting.prefix(store.readsAtOnce * Self.aheadFactor).prefix { $0.byteCount <= Self.smallByteLimit }
        guard small.count > 1 else { return }
        let found = Guarded<[Int: [UInt8]]>([:])
        let store = store
        let numbered = small.enumerated().map { (place: $0.offset, address: $0.element.address) }
        try WorkerThreads.forEach(numbered, atOnce: store.readsAtOnce) { (item) throws(LakeError) in
            let source = try store.open(item.address)
            do throws(IOError) {
                // It may have grown since it was listed.
                let bytes = try FileSystem.contents(of: source)
                found.withLock { $0[item.place] = bytes }
            } catch {
                throw (source as? any LakeSource)?.lakeFailure ?? .lake(error)
            }
        }
        ahead = found.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }[...]
    }

    private func failed(_ error: LakeError) -> IOError {
        if case .io(let failure, _) = error { return failure }
        if case .notFound(let url) = error {
            return .corrupt(path: url, reason: "it went away while the folder was read")
        }
        lakeFailure = error
        return .corrupt(path: path, reason: error.failure.message ?? "it cannot be read")
    }
}
