internal import Bytes
internal import Glibc
internal import NDJSON

/// The changes that were sent to Snowflake and not yet seen to end, a file each. A file is on the device before its request
/// is sent. So a run after a crash waits for them, or sends them again under the same id where not even their handle came
/// back: what has been executed is not executed again, what never arrived is.
///
///     {"request_id": "...", "body": {...}}     before the request is sent
///     {"handle": "..."}                        when the service has told it
///
/// A file belongs to the process that holds its lock; the system lets go of the lock when that process ends.
struct StatementJournal {
    /// Older ones are forgotten: the service keeps what it knows of a request for a day.
    static let lifetimeSeconds = 86_400
    private static let suffix = ".statement"

    let folder: String

    /// Of processes that have ended.
    let unsettled: [JournaledStatement]

    init(folder: String, now: UTCTime) throws(IOError) {
        self.folder = folder
        try FileSystem.makeFolders(folder)
        var found: [JournaledStatement] = []
        for name in try FileSystem.names(in: folder) where name.hasSuffix(Self.suffix) {
            let path = FileSystem.join(folder, name)
            guard let status = try FileSystem.status(path), let statement = try JournaledStatement(reopening: path)
            else { continue }
            if statement.requestID.isEmpty || now.milliseconds / 1000 - status.modifiedSeconds > Self.lifetimeSeconds {
                statement.settle()
            } else {
                found.append(statement)
            }
        }
        unsettled = found
    }

    /// Puts down what is about to be sent.
    func begin(requestID: String, body: JSONObject) throws(IOError) -> JournaledStatement {
        let statement = try JournaledStatement(
            path: FileSystem.join(folder, requestID + Self.suffix), requestID: requestID, body: body)
        try FileSystem.synchronizeFolder(folder)
        return statement
    }
}

/// One file of the journal, locked as long as this lives.
final class JournaledStatement {
    let requestID: String
    let body: JSONObject
    private(set) var handle: String?
    private let path: String
    private let descriptor: OwnedDescriptor

    init(path: String, requestID: String, body: JSONObject) throws(IOError) {
        self.path = path
        self.requestID = requestID
        self.body = body
        // Statements hold data: they are nobody else's business.
        descriptor = try OwnedDescriptor(path: path, flags: O_RDWR | O_CREAT | O_EXCL | O_APPEND, mode: 0o600)
        _ = flock(descriptor.number, LOCK_EX | LOCK_NB)
        try append(["request_id": .string(requestID), "body": .object(body)])
        try FileSystem.synchronize(descriptor.number, path: path)
    }

    /// Nil while its process lives, or when it is gone in the meantime. A file that was cut before its request was sent has
    /// an empty id.
    init?(reopening path: String) throws(IOError) {
        self.path = path
        do throws(IOError) {
            descriptor = try OwnedDescriptor(path: path, flags: O_RDWR | O_APPEND)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
        guard flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
        let lines = try FileSystem.contents(path, limit: 4 * SnowflakeService.textByteLimit).split(separator: 0x0A)
        let documents = lines.prefix(2).map { (try? JSONValue(parsing: Array($0)))?.object ?? JSONObject() }
        body = documents.first?["body"]?.object ?? JSONObject()
        requestID = documents.first?["request_id"]?.string ?? ""
        handle = documents.count == 2 ? documents[1]["handle"]?.string : nil
    }

    /// Without the handle a crash costs one more request: it need not wait for the device.
    func note(handle: String) throws(IOError) {
        self.handle = handle
        try append(["handle": .string(handle)])
    }

    /// The end was seen.
    func settle() { unlink(path) }

    private func append(_ document: JSONObject) throws(IOError) {
        let line = JSONValue.object(document).bytes + [0x0A]
        try line.withUnsafeBufferPointer { (bytes) throws(IOError) in
            try writeAll(UnsafeRawBufferPointer(bytes), to: descriptor.number, path: path)
        }
    }
}
