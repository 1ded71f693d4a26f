internal import Bytes
internal import Glibc

/// The handles of statements that were submitted and not yet seen to end, a file each: a run after a crash waits for
/// them instead of running beside them.
struct StatementJournal {
    /// Older ones are forgotten: results are kept for a day.
    static let lifetimeSeconds = 86_400
    private static let suffix = ".statement"

    let folder: String

    /// Of earlier processes.
    let unsettled: [String]

    init(folder: String, now: UTCTime) throws(IOError) {
        self.folder = folder
        try FileSystem.makeFolders(folder)
        var handles: [String] = []
        for name in try FileSystem.names(in: folder).sorted() where name.hasSuffix(Self.suffix) {
            let path = FileSystem.join(folder, name)
            guard let status = try FileSystem.status(path) else { continue }
            if now.milliseconds / 1000 - status.modifiedSeconds > Self.lifetimeSeconds {
                try FileSystem.remove(path)
            } else {
                handles.append(String(name.dropLast(Self.suffix.count)))
            }
        }
        unsettled = handles
    }

    func begin(_ handle: String) {
        guard Self.isHandle(handle) else { return }
        // Without the file a crash costs a wait for locks, no row: it is not worth a failure.
        let descriptor = open(path(handle), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    func settle(_ handle: String) {
        guard Self.isHandle(handle) else { return }
        unlink(path(handle))
    }

    private func path(_ handle: String) -> String { FileSystem.join(folder, handle + Self.suffix) }

    /// A handle is a UUID; anything else is no file name of ours.
    private static func isHandle(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64 && text.allSatisfy { $0 == "-" || $0.isHexDigit }
    }
}
