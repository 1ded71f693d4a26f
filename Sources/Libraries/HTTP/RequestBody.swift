package import Bytes
internal import Glibc

/// What a request sends. Streams are read in blocks while they go out, by the client's own thread.
package enum RequestBody {
    case none
    case bytes([UInt8])
    /// A stream that can be opened again from its start for another attempt. `byteCount` nil is unknown (sent in
    /// chunks); a stream that ends before it fails the request, what lies behind it is not sent.
    case replayable(byteCount: Int?, open: () throws(IOError) -> any ByteSource)
    /// A stream that can be read once: the request is not repeated after its first byte was taken.
    case once(any ByteSource, byteCount: Int?)

    package static func text(_ text: String) -> RequestBody { .bytes(Array(text.utf8)) }

    /// Part of a file.
    package static func file(_ path: String, offset: Int = 0, byteCount: Int) -> RequestBody {
        .replayable(byteCount: byteCount) { () throws(IOError) -> any ByteSource in
            try FilePart(path: path, offset: offset)
        }
    }

    /// How many bytes it has; nil when that is not known.
    package var byteCount: Int? {
        switch self {
        case .none: 0
        case .bytes(let bytes): bytes.count
        case .replayable(let byteCount, _), .once(_, let byteCount): byteCount
        }
    }

    var isEmpty: Bool { if case .none = self { true } else { byteCount == 0 } }
}

extension RequestBody: CustomStringConvertible, CustomReflectable {
    /// The length alone: bodies may hold secrets.
    package var description: String { byteCount.map { "\($0) bytes" } ?? "a stream" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A file from some place on.
private final class FilePart: ByteSource {
    let path: String
    private let descriptor: OwnedDescriptor

    init(path: String, offset: Int) throws(IOError) {
        let descriptor = try OwnedDescriptor(path: path, flags: O_RDONLY)
        guard lseek(descriptor.number, offset, SEEK_SET) == offset else { throw IOError.last("seek", path) }
        self.path = path
        self.descriptor = descriptor
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        try readSome(descriptor.number, into: buffer, path: path)
    }
}

/// Hands a body out in blocks, never more than was announced, and starts over where it can.
struct BodyReader {
    private var body: RequestBody
    private var source: (any ByteSource)?
    private(set) var takenByteCount = 0
    /// True once a stream that cannot be replayed has given bytes.
    private(set) var isSpent = false

    init(_ body: RequestBody) { self.body = body }

    /// Fills the front of `buffer`; 0 is the end. A stream that ends too early throws.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        let source = try open()
        let room = body.byteCount.map { min($0 - takenByteCount, buffer.count) } ?? buffer.count
        guard room > 0 else { return 0 }
        let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]))
        if count == 0, let whole = body.byteCount, takenByteCount < whole {
            throw .corrupt(path: source.path, reason: "ended after \(takenByteCount) of \(whole) bytes")
        }
        takenByteCount += count
        if case .once = body, count > 0 { isSpent = true }
        return count
    }

    /// Starts over; false when that is not possible.
    mutating func rewind() -> Bool {
        if isSpent { return false }
        source = nil
        takenByteCount = 0
        return true
    }

    /// Lets go of the caller's stream, so that it ends its life on the caller's thread.
    mutating func forget() {
        source = nil
        body = .none
    }

    private mutating func open() throws(IOError) -> any ByteSource {
        if let source { return source }
        let opened: any ByteSource
        switch body {
        case .none: opened = MemorySource([])
        case .bytes(let bytes): opened = MemorySource(bytes)
        case .replayable(_, let open): opened = try open()
        case .once(let source, _): opened = source
        }
        source = opened
        return opened
    }
}
