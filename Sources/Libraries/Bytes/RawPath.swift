internal import Glibc

/// A path as the system sees it: bytes, not necessarily UTF-8, and compared as bytes. For folders whose names others
/// chose; our own paths are `String`.
package struct RawPath: Hashable, Sendable {
    /// Without the terminating NUL.
    package let bytes: [UInt8]

    package init(_ text: String) { bytes = Array(text.utf8) }
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// For messages: what is not UTF-8 shows as U+FFFD.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The path of `name` in this folder.
    package func appending(_ name: [UInt8]) -> RawPath {
        if bytes.isEmpty { return RawPath(bytes: name) }
        return RawPath(bytes: bytes.last == 0x2F ? bytes + name : bytes + [0x2F] + name)
    }

    /// What is at the path, or nil when there is nothing. A symbolic link is followed unless told otherwise.
    package func stamp(followingLinks: Bool = true) throws(IOError) -> FileStamp? {
        var raw = stat()
        let failed = withCString { followingLinks ? stat($0, &raw) : lstat($0, &raw) } != 0
        if failed {
            let failure = IOError.last("stat", text)
            if failure.isNotFound { return nil }
            throw failure
        }
        return FileStamp(raw)
    }

    /// The names in this folder, without `.` and `..`, in byte order.
    package func names() throws(IOError) -> [[UInt8]] {
        guard let stream = withCString({ opendir($0) }) else { throw IOError.last("open folder", text) }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw IOError.last("read folder", text) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Opens the file for reading.
    package func open() throws(IOError) -> OwnedDescriptor {
        while true {
            let opened = withCString { Self.openForReading($0) }
            if opened >= 0 { return OwnedDescriptor(adopting: opened) }
            if errno != EINTR { throw IOError.last("open", text) }
        }
    }

    // A named pipe would make a plain open wait for its writer; regular files do not care about O_NONBLOCK.
    private static func openForReading(_ path: UnsafePointer<CChar>) -> Int32 {
        Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    }

    private func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { characters in
            body(characters.baseAddress.unsafelyUnwrapped)
        }
    }
}

/// What the system knows of a file at one moment. Two equal stamps of an open file, before and after reading it, mean
/// that nobody wrote to it in between.
package struct FileStamp: Equatable, Sendable {
    package enum Kind: Sendable { case regular, folder, link, other }

    /// Which file it is, whatever its names.
    package struct Identity: Hashable, Sendable {
        package let device: UInt64
        package let inode: UInt64
    }

    package let kind: Kind
    package let byteCount: Int
    package let identity: Identity
    package let modifiedSeconds: Int
    package let modifiedNanoseconds: Int
    /// Time of the last change of content or attributes: it moves even when a writer sets the modification time back.
    package let changedSeconds: Int
    package let changedNanoseconds: Int

    /// The stamp of an open file.
    package static func of(_ descriptor: Int32, path: String) throws(IOError) -> FileStamp {
        var raw = stat()
        guard fstat(descriptor, &raw) == 0 else { throw IOError.last("stat", path) }
        return FileStamp(raw)
    }

    fileprivate init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        byteCount = Int(raw.st_size)
        identity = Identity(device: UInt64(raw.st_dev), inode: UInt64(raw.st_ino))
        modifiedSeconds = raw.st_mtim.tv_sec
        modifiedNanoseconds = raw.st_mtim.tv_nsec
        changedSeconds = raw.st_ctim.tv_sec
        changedNanoseconds = raw.st_ctim.tv_nsec
    }

    /// The modification time.
    package var modified: UTCTime { UTCTime(seconds: modifiedSeconds, nanoseconds: modifiedNanoseconds) }
}
