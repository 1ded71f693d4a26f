import Bytes
import Digests
import NDJSON
import StageKit

/// Looks into a lake: `--list`, `--cat`, `--get`, `--delete-temp`.
struct LakeInspection {
    let address: LakeAddress
    let store: any LakeStore

    init(_ text: String, _ settings: LakeSettings) throws(StageFailure) {
        address = try Lakes.address(text)
        store = try Lakes.store(for: address, settings)
    }

    /// One line per file below the address, in byte order of the paths, or the line of the one file.
    func list(to output: inout DataOutput) throws(StageFailure) {
        let entries: [LakeEntry]
        if let file = try singleFile() {
            entries = [file]
        } else {
            let (store, address) = (store, address)
            entries = try mapLakeError { () throws(LakeError) in try store.files(below: address) }
        }
        for entry in entries {
            let store = store
            let etag = try mapLakeError { () throws(LakeError) in
                if let etag = entry.etag { return etag }
                return try store.inspect(entry.address, withSHA256: false).etag
            }
            let line = JSONValue.object([
                "url": .string(entry.address.url), "path": .string(entry.path), "bytes": .integer(entry.byteCount),
                "etag": .string(etag), "modified": .string(entry.modified.text),
            ])
            try write(line.bytes + [0x0A], to: &output)
        }
    }

    /// The content of the file, or of all files below the folder in byte order of their paths.
    func concatenate(to descriptor: Int32) throws(StageFailure) {
        let store = store
        let source: any ByteSource
        if let file = try singleFile() {
            source = try mapLakeError { () throws(LakeError) in try store.open(file.address) }
        } else {
            source = try FolderSource(address, in: store)
        }
        try copy(source, to: DescriptorSink(descriptor: descriptor, path: "standard output")) { _ in }
    }

    /// Copies one file out of the lake and checks that it came whole: its length, and its SHA-256 or CRC64 if
    /// that is known.
    /// A file appears under its name only then.
    func get(to path: String, sha256: String?) throws(StageFailure) -> StoredFile {
        let (store, address) = (store, address)
        guard let entry = try singleFile() else {
            throw (address.isFolder ? LakeError.notFound(url: address.url) : .isFolder(url: address.url)).failure
        }
        let source = try mapLakeError { () throws(LakeError) in try store.open(entry.address) }
        var digester = PassingDigester(takesCRC64: entry.digests?.crc64 != nil)
        let digests: LakeDigests
        if path == "-" {
            try copy(source, to: DescriptorSink(descriptor: 1, path: "standard output")) { digester.update($0) }
            digests = digester.finish()
            try check(digests, entry, sha256)
        } else {
            var file = try mapOutputError { () throws(IOError) in try PartialFile(path: path) }
            try copy(source, to: file.sink) { digester.update($0) }
            digests = digester.finish()
            try check(digests, entry, sha256)
            do throws(IOError) {
                try file.publish()
            } catch {
                throw .output(error)
            }
        }
        return StoredFile(path: path, byteCount: digests.byteCount, sha256: digests.sha256)
    }

    private func check(_ digests: LakeDigests, _ entry: LakeEntry, _ sha256: String?) throws(StageFailure) {
        try mapLakeError { () throws(LakeError) in
            try ContentCheck.check(
                digests, path: entry.address.url, expectedBytes: entry.byteCount,
                expectedSHA256: sha256 ?? entry.digests?.sha256, expectedCRC64: entry.digests?.crc64)
        }
    }

    /// Removes stale temporaries and gives a line for each.
    func deleteTemporaries(
        olderThanSeconds age: Int, dryRun: Bool, to output: inout DataOutput
    ) throws(StageFailure) -> Int {
        let (store, address) = (store, address)
        let deleted = try mapLakeError { () throws(LakeError) in
            try store.deleteTemporaries(below: address, olderThanSeconds: age, dryRun: dryRun)
        }
        for name in deleted {
            let line = JSONValue.object(["url": .string(name.url), "deleted": .bool(!dryRun)])
            try write(line.bytes + [0x0A], to: &output)
        }
        return deleted.count
    }

    /// The entry when the address is a file; nil when it is a folder, or a folder yet to come.
    private func singleFile() throws(StageFailure) -> LakeEntry? {
        let (store, address) = (store, address)
        let entry = try mapLakeError { () throws(LakeError) in try store.entry(at: address) }
        guard let entry else {
            if address.isFolder { return nil }
            throw LakeError.notFound(url: address.url).failure
        }
        return entry.isFolder ? nil : entry
    }

    private func copy(
        _ source: any ByteSource, to sink: any ByteSink, _ note: (UnsafeRawBufferPointer) -> Void
    ) throws(StageFailure) {
        var output = BufferedOutput(sink)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { block.deallocate() }
        while true {
            let count: Int
            do throws(IOError) {
                count = try source.read(into: block)
            } catch {
                throw .input(error, of: source)
            }
            let bytes = UnsafeRawBufferPointer(rebasing: block[..<count])
            note(bytes)
            do throws(IOError) {
                try output.append(bytes)
                if count == 0 { try output.finish() }
            } catch {
                throw .output(error)
            }
            if count == 0 { return }
        }
    }

    private func write(_ bytes: [UInt8], to output: inout DataOutput) throws(StageFailure) {
        do throws(IOError) {
            try output.append(bytes)
        } catch {
            throw .output(error)
        }
    }
}

/// Takes the digests of a content that passes.
private struct PassingDigester: ~Copyable {
    private var sha256 = MessageDigest(.sha256)
    private var crc64: CRC64?
    private var byteCount = 0

    init(takesCRC64: Bool) { crc64 = takesCRC64 ? CRC64() : nil }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        sha256.update(bytes)
        crc64?.update(bytes)
        byteCount += bytes.count
    }

    mutating func finish() -> LakeDigests {
        LakeDigests(byteCount: byteCount, sha256: Hex.encode(sha256.finish()), crc64: crc64?.text, md5: nil)
    }
}

/// Runs calls that write an output where a program's failure is wanted.
func mapOutputError<Result: ~Copyable>(_ body: () throws(IOError) -> Result) throws(StageFailure) -> Result {
    do throws(IOError) {
        return try body()
    } catch {
        throw .output(error)
    }
}
