internal import Bytes
internal import Glibc

/// The files that a user named on the command line, and what for. A name that stands twice by mistake would have one
/// output replace another, or the input, when it appears, and nobody would be told.
package struct NamedFiles {
    private var inputs: [String] = []
    private var outputs: [(option: String, path: String)] = []

    package init() {}

    /// Files that are read; `-` is standard input.
    package init(inputs: [String?]) { self.inputs = inputs.compactMap { $0 } }

    /// A file that is written, with the option that names it; nil and `-` are none.
    package mutating func add(output path: String?, as option: String) {
        if let path, path != "-" { outputs.append((option, path)) }
    }

    /// Throws (64) when an output is also an input or another output. Devices and pipes may stand as often as wanted.
    package func check() throws(StageFailure) {
        let read = Set(inputs.compactMap { $0 == "-" ? Identity(descriptor: 0) : Identity($0) })
        var written: [Identity: String] = [:]
        for (option, path) in outputs {
            guard let identity = Identity(path) else { continue }
            if read.contains(identity) {
                throw .usage("\(option) \(path) would replace what is read: name another file")
            }
            if let other = written[identity] {
                throw .usage("\(other) and \(option) both name \(path): give each a file of its own")
            }
            written[identity] = option
        }
    }

    /// What makes two names one file.
    private enum Identity: Hashable {
        case file(device: UInt, number: UInt)
        /// Not there yet: its name in its folder, links in the path followed.
        case missing(String)

        /// Nil for what is there and is no regular file.
        init?(_ path: String) {
            var status = stat()
            if stat(path, &status) == 0 {
                self.init(status)
                return
            }
            let folder = FileSystem.parent(of: path)
            let found = realpath(folder.isEmpty ? "." : folder, nil)
            defer { free(found) }
            let resolved = found.map { String(cString: $0) } ?? folder
            self = .missing(FileSystem.join(resolved, FileSystem.name(of: path)))
        }

        /// Nil unless a regular file is open there.
        init?(descriptor: Int32) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { return nil }
            self.init(status)
        }

        private init?(_ status: stat) {
            guard status.st_mode & S_IFMT == S_IFREG else { return nil }
            self = .file(device: UInt(status.st_dev), number: UInt(status.st_ino))
        }
    }
}
