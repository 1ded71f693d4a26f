import Bytes
import Digests
import Glibc
import StageKit

/// Reads a file of a local source as one consistent content: if it changed while it was read, it is read again.
struct FileCopy {
    static let attemptLimit = 3
    static let blockBytes = 1 << 20

    /// What was read, and what the file's modification time was then.
    struct Content: Equatable {
        let digests: ContentDigests
        let modified: UTCTime
    }

    /// Why a file could not be read.
    enum Failure: Error, Equatable {
        case source(IOError)
        case output(IOError)
        case keepsChanging(path: String)
        case notThere(path: String)
    }

    /// Between two attempts, for a writer to finish.
    var pauseMicroseconds: UInt32 = 500_000
    /// Called after each block, for tests that change a file in the middle.
    var afterBlock: () -> Void = {}

    /// The digests of a file.
    func digest(_ location: RawPath) throws(Failure) -> Content {
        try attempt(location) { (descriptor, stamp) throws(Failure) in
            try read(descriptor, location, stamp) { _ throws(Failure) in }
        }
    }

    /// Copies a file so that it appears under `path` only when it is whole, and gives the digests of the copy.
    func copy(_ location: RawPath, to path: String) throws(Failure) -> Content {
        try attempt(location) { (descriptor, stamp) throws(Failure) in
            var file = try Self.output { () throws(IOError) in try PartialFile(path: path) }
            let sink = file.sink
            let content = try read(descriptor, location, stamp) { (block) throws(Failure) in
                try Self.output { () throws(IOError) in try sink.write(block) }
            }
            guard let content else { return nil }
            do throws(IOError) {
                try file.publish()
            } catch {
                throw .output(error)
            }
            return content
        }
    }

    /// Runs `body` on the open file until it gives a content.
    private func attempt(
        _ location: RawPath, _ body: (Int32, FileStamp) throws(Failure) -> Content?
    ) throws(Failure) -> Content {
        for number in 1...Self.attemptLimit {
            let descriptor = try Self.open(location)
            let stamp = try Self.stamp(of: descriptor.number, location)
            if let content = try body(descriptor.number, stamp) { return content }
            if number < Self.attemptLimit { usleep(pauseMicroseconds) }
        }
        throw .keepsChanging(path: location.text)
    }

    /// Reads to the end; nil when the file was written to meanwhile.
    private func read(
        _ descriptor: Int32, _ location: RawPath, _ before: FileStamp,
        _ take: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> Content? {
        var digester = ContentDigester()
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 4096)
        defer { block.deallocate() }
        while true {
            let count: Int
            do throws(IOError) {
                count = try readSome(descriptor, into: block, path: location.text)
            } catch {
                throw .source(error)
            }
            if count == 0 { break }
            let bytes = UnsafeRawBufferPointer(rebasing: block[..<count])
            digester.update(bytes)
            try take(bytes)
            afterBlock()
        }
        let after = try Self.stamp(of: descriptor, location)
        guard before == after, digester.byteCount == after.byteCount else { return nil }
        return Content(digests: digester.finish(), modified: after.modified)
    }

    private static func open(_ location: RawPath) throws(Failure) -> OwnedDescriptor {
        do throws(IOError) {
            return try location.open()
        } catch {
            throw error.isNotFound ? .notThere(path: location.text) : .source(error)
        }
    }

    private static func stamp(of descriptor: Int32, _ location: RawPath) throws(Failure) -> FileStamp {
        do throws(IOError) {
            return try FileStamp.of(descriptor, path: location.text)
        } catch {
            throw .source(error)
        }
    }

    private static func output<Result: ~Copyable>(
        _ body: () throws(IOError) -> Result
    ) throws(Failure) -> Result {
        do throws(IOError) {
            return try body()
        } catch {
            throw .output(error)
        }
    }
}
