internal import Glibc

/// Where bytes come from: a descriptor, or a decoder around another source.
package protocol ByteSource: AnyObject {
    /// What messages call this source.
    var path: String { get }
    /// Fills the front of `buffer` and says how many bytes; 0 is the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int
}

extension ByteSource {
    /// Reads to the end, in blocks of up to 256 KiB, and says how many bytes came.
    @discardableResult
    package func forEachBlock(_ body: (UnsafeRawBufferPointer) -> Void) throws(IOError) -> Int {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { block.deallocate() }
        var byteCount = 0
        while true {
            let count = try read(into: block)
            if count == 0 { return byteCount }
            body(UnsafeRawBufferPointer(rebasing: block[..<count]))
            byteCount += count
        }
    }
}

/// Where bytes go: a descriptor, or an encoder in front of another sink.
package protocol ByteSink: AnyObject {
    /// What messages call this sink.
    var path: String { get }
    /// Takes all of `bytes`.
    func write(_ bytes: UnsafeRawBufferPointer) throws(IOError)
    /// Takes all of the pieces, one after the other.
    func write(_ pieces: [UnsafeRawBufferPointer]) throws(IOError)
    /// Ends the stream: writes what is still held back. Nothing may be written afterwards.
    func finish() throws(IOError)
}

extension ByteSink {
    package func write(_ pieces: [UnsafeRawBufferPointer]) throws(IOError) {
        for piece in pieces { try write(piece) }
    }

    /// Takes all of the bytes of an array.
    package func write(_ bytes: [UInt8]) throws(IOError) {
        try bytes.withUnsafeBufferPointer { (pointer) throws(IOError) in try write(UnsafeRawBufferPointer(pointer)) }
    }
}

/// A file, pipe or terminal, read block by block.
package final class DescriptorSource: ByteSource {
    package let path: String
    private let descriptor: OwnedDescriptor

    package init(adopting descriptor: consuming OwnedDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a file for reading.
    package convenience init(path: String) throws(IOError) {
        self.init(adopting: try OwnedDescriptor(path: path, flags: O_RDONLY), path: path)
    }

    /// Standard input. The descriptor stays open when this object goes.
    package static func standardInput() throws(IOError) -> DescriptorSource {
        let copy = fcntl(0, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw IOError.last("open", "standard input") }
        return DescriptorSource(adopting: OwnedDescriptor(adopting: copy), path: "standard input")
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        try readSome(descriptor.number, into: buffer, path: path)
    }
}

/// A file or pipe that is written; does not own its descriptor.
package final class DescriptorSink: ByteSink {
    package let path: String
    private let descriptor: Int32

    package init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        try writeAll(bytes, to: descriptor, path: path)
    }

    package func write(_ pieces: [UnsafeRawBufferPointer]) throws(IOError) {
        try writeAll(pieces, to: descriptor, path: path)
    }

    package func finish() throws(IOError) {}
}

/// A source over bytes that are already in memory, for tests and small documents.
package final class MemorySource: ByteSource {
    package let path: String
    private let bytes: [UInt8]
    private var next = 0
    private let stride: Int

    /// Hands out `bytes`, at most `stride` of them a call.
    package init(_ bytes: [UInt8], path: String = "memory", stride: Int = .max) {
        self.bytes = bytes
        self.path = path
        self.stride = max(1, stride)
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(bytes.count - next, buffer.count, stride)
        guard count > 0 else { return 0 }
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[next..<next + count])) }
        next += count
        return count
    }
}

/// A sink that keeps what it is given, for tests.
package final class MemorySink: ByteSink {
    package let path = "memory"
    package private(set) var bytes: [UInt8] = []
    package private(set) var isFinished = false

    package init() {}
    package func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
    package func finish() { isFinished = true }
}
