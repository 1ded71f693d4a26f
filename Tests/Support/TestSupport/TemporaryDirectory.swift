internal import Bytes
internal import Glibc

/// A folder of its own for one test, removed with all its content when the object goes.
package final class TemporaryDirectory {
    package let path: String

    package init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/sluice-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw IOError.last("mkdtemp", base) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.removeTree(path) }

    /// The path of `name` in the folder.
    package func file(_ name: String) -> String { FileSystem.join(path, name) }

    /// Writes a file, making its folders, and gives its path.
    @discardableResult
    package func write(_ name: String, _ bytes: some Collection<UInt8>) throws -> String {
        let path = file(name)
        try FileSystem.makeFolders(FileSystem.parent(of: path))
        let descriptor = try OwnedDescriptor(path: path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try Array(bytes).withUnsafeBytes { try writeAll($0, to: descriptor.number, path: path) }
        try descriptor.close(path: path)
        return path
    }

    /// Writes a text file and gives its path.
    @discardableResult
    package func write(_ name: String, text: String) throws -> String { try write(name, Array(text.utf8)) }

    /// The content of a file as text.
    package func text(_ name: String) throws -> String {
        String(decoding: try FileSystem.contents(file(name)), as: UTF8.self)
    }

    /// The names in the folder, in byte order.
    package func names() throws -> [String] { try FileSystem.names(in: path) }

    private static func removeTree(_ path: String) {
        for name in (try? FileSystem.names(in: path)) ?? [] {
            let child = FileSystem.join(path, name)
            if unlink(child) != 0 { removeTree(child) }
        }
        rmdir(path)
    }
}
