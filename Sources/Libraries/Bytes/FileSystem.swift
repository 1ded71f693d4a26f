internal import Glibc

/// The few file-system calls the programs need, with errors that name the path.
package enum FileSystem {
    /// What `stat` says of a path.
    package struct Status: Equatable {
        package let byteCount: Int
        package let isDirectory: Bool
        package let isRegular: Bool
        /// Modification time: whole seconds since 1970-01-01 UTC, and nanoseconds.
        package let modifiedSeconds: Int
        package let modifiedNanoseconds: Int
        package let inode: UInt64
        package let device: UInt64
    }

    /// A file read whole is at most this long: contracts, manifests and other small documents.
    package static let wholeFileLimit = 256 << 20

    /// The status of what the path leads to, or nil when nothing is there.
    package static func status(_ path: String) throws(IOError) -> Status? {
        var raw = stat()
        guard stat(path, &raw) == 0 else {
            let failure = IOError.last("stat", path)
            if failure.isNotFound { return nil }
            throw failure
        }
        return Status(
            byteCount: Int(raw.st_size), isDirectory: raw.st_mode & S_IFMT == S_IFDIR,
            isRegular: raw.st_mode & S_IFMT == S_IFREG, modifiedSeconds: raw.st_mtim.tv_sec,
            modifiedNanoseconds: raw.st_mtim.tv_nsec, inode: UInt64(raw.st_ino), device: UInt64(raw.st_dev))
    }

    /// All bytes of a file, at most `limit`.
    package static func contents(_ path: String, limit: Int = wholeFileLimit) throws(IOError) -> [UInt8] {
        let source = try DescriptorSource(path: path)
        return try contents(of: source, limit: limit)
    }

    /// All bytes of a source, at most `limit`.
    package static func contents(of source: any ByteSource, limit: Int = wholeFileLimit) throws(IOError) -> [UInt8] {
        var bytes: [UInt8] = []
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { block.deallocate() }
        while true {
            let count = try source.read(into: block)
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                throw .corrupt(path: source.path, reason: "larger than the limit of \(limit) bytes")
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
    }

    /// The names in a folder, without `.` and `..`, in byte order.
    package static func names(in folder: String) throws(IOError) -> [String] {
        guard let stream = opendir(folder) else { throw IOError.last("open folder", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw IOError.last("read folder", folder) }
                break
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    /// Makes a folder and its parents; one that exists is fine.
    package static func makeFolders(_ path: String) throws(IOError) {
        if path.isEmpty || path == "/" { return }
        if mkdir(path, 0o777) == 0 { return }
        let failure = IOError.last("make folder", path)
        switch failure {
        case .system(_, _, EEXIST):
            if let status = try status(path), status.isDirectory { return }
            throw .system(call: "make folder", path: path, code: ENOTDIR)
        case .system(_, _, ENOENT):
            let parent = parent(of: path)
            guard parent != path, !parent.isEmpty else { throw failure }
            try makeFolders(parent)
            if mkdir(path, 0o777) != 0, errno != EEXIST { throw IOError.last("make folder", path) }
        default:
            throw failure
        }
    }

    package static func rename(_ old: String, to new: String) throws(IOError) {
        guard Glibc.rename(old, new) == 0 else { throw IOError.last("rename to \(new)", old) }
    }

    /// Gives `old` the name `new` unless that name is taken; says whether it did.
    package static func renameIfAbsent(_ old: String, to new: String) throws(IOError) -> Bool {
        // A hard link fails where the name exists, on every file system that has links; rename would replace it.
        if link(old, new) == 0 {
            guard unlink(old) == 0 else { throw IOError.last("remove", old) }
            return true
        }
        let failure = IOError.last("link to \(new)", old)
        if case .system(_, _, EEXIST) = failure { return false }
        throw failure
    }

    /// Removes a file; one that is not there is fine.
    package static func remove(_ path: String) throws(IOError) {
        if unlink(path) != 0, errno != ENOENT { throw IOError.last("remove", path) }
    }

    /// Makes a rename or a new name in this folder survive a power cut.
    package static func synchronizeFolder(_ path: String) throws(IOError) {
        let folder = try OwnedDescriptor(path: path.isEmpty ? "." : path, flags: O_RDONLY | O_DIRECTORY)
        // Some file systems cannot synchronise a folder and say EINVAL; their renames are as durable as they get.
        if fsync(folder.number) != 0, errno != EINVAL { throw IOError.last("sync", path) }
    }

    /// Waits until the file's bytes are on the device.
    package static func synchronize(_ descriptor: Int32, path: String) throws(IOError) {
        // Pipes and terminals have nothing to synchronise (EINVAL).
        if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw IOError.last("sync", path) }
    }

    /// The folder part of a path: `a/b` gives `a`, `b` gives the empty text, `/b` gives `/`.
    package static func parent(of path: String) -> String {
        let bytes = Array(path.utf8)
        guard let slash = bytes.lastIndex(of: 0x2F) else { return "" }
        return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    }

    /// The last part of a path.
    package static func name(of path: String) -> String {
        let bytes = Array(path.utf8)
        guard let slash = bytes.lastIndex(of: 0x2F) else { return path }
        return String(decoding: bytes[(slash + 1)...], as: UTF8.self)
    }

    /// `folder/name`, or `name` where the folder is empty.
    package static func join(_ folder: String, _ name: String) -> String {
        if folder.isEmpty { return name }
        return folder.utf8.last == 0x2F ? folder + name : "\(folder)/\(name)"
    }
}
