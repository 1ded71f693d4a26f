import Bytes
import HTTP

/// One kind of lake. Everything that the program does to a lake goes through these calls, so that all kinds mean the
/// same by them: a file is seen whole or not at all, and what stands under a name is replaced only on request.
protocol LakeStore: Sendable {
    /// How many small files a reader of many fetches at a time: as many as hide the way to the store.
    var readsAtOnce: Int { get }
    /// Stores the content under the name, durably, if the condition holds.
    func put(
        _ content: LakeContent, at address: LakeAddress, when condition: PutCondition, with attributes: LakeAttributes
    ) throws(LakeError) -> PutOutcome
    /// What is at the address, or nil when nothing is.
    func entry(at address: LakeAddress) throws(LakeError) -> LakeEntry?
    /// The content of a file.
    func open(_ address: LakeAddress) throws(LakeError) -> any ByteSource
    /// The digests of a stored file, and the tag that the store knows this content by. `withSHA256` has the file read
    /// where the store does not know that one.
    func inspect(_ address: LakeAddress, withSHA256: Bool) throws(LakeError) -> StoredObject
    /// All files below a folder in byte order of their paths, without temporaries; a folder that is not there has none.
    func files(below folder: LakeAddress) throws(LakeError) -> [LakeEntry]
    /// Takes the lock of this name, or throws `LakeError.held` at once.
    func acquireLease(at address: LakeAddress) throws(LakeError) -> any LakeLease
    /// Removes what killed uploads left behind, if it is at least so old and nobody writes it. Gives the names.
    func deleteTemporaries(
        below folder: LakeAddress, olderThanSeconds age: Int, dryRun: Bool
    ) throws(LakeError) -> [LakeAddress]
    /// Removes the file, or the folder with all that is in it, temporaries too. Gives the names of the files, in byte
    /// order; none where nothing is.
    func delete(_ address: LakeAddress, dryRun: Bool) throws(LakeError) -> [LakeAddress]
}

extension LakeStore {
    func put(
        _ content: LakeContent, at address: LakeAddress, when condition: PutCondition
    ) throws(LakeError) -> PutOutcome {
        try put(content, at: address, when: condition, with: LakeAttributes())
    }
}

/// What is to be stored.
enum LakeContent {
    /// A local file, of which the caller may know length and SHA-256: another content is refused, and nothing stored.
    case file(path: String, expectedBytes: Int?, expectedSHA256: String?)
    /// A small document.
    case bytes([UInt8])
}

enum PutCondition: Equatable {
    case ifAbsent
    case always
    /// Only if what stands has this tag.
    case ifMatch(String)
}

enum PutOutcome {
    case stored(StoredObject)
    /// Something has the name already (`ifAbsent`); nothing was changed.
    case stands
}

/// A stored content.
struct StoredObject: Equatable {
    let digests: LakeDigests
    /// Quoted, as HTTP writes it.
    let etag: String
}

/// A file or folder as listed.
struct LakeEntry: Equatable {
    let address: LakeAddress
    /// Below the folder that was listed; the last part of the name for a single file.
    let path: String
    let isFolder: Bool
    let byteCount: Int
    let modified: UTCTime
    /// Where the store tells it with the name; else `inspect` does.
    var etag: String?
    /// What the store knows of the content without reading it.
    var digests: LakeDigests?
}

/// A lock that is held until it is released, or until the process dies.
protocol LakeLease: AnyObject {
    /// A descriptor that keeps the lock while any process holds it, if the lock is of that kind.
    var inheritableDescriptor: Int32? { get }
    /// Leaves a word about who holds the lock, for those who come too late.
    func note(holder: String) throws(LakeError)
    /// Calls `body`, once, from any thread, if the lock is lost before its release; only a lock over a network can be.
    func whenLost(_ body: @escaping @Sendable (_ reason: String) -> Void)
    func release() throws(LakeError)
}

/// What can go wrong at a lake.
enum LakeError: Error, Equatable {
    /// The file system, ours or the lake's. `source` is true when a local file to be stored could not be read.
    case io(IOError, source: Bool)
    case notFound(url: String)
    case isFolder(url: String)
    /// `--if-match` found another content, or none.
    case tagDiffers(url: String, expected: String, found: String?)
    /// The local file is not what its manifest line says.
    case contentDiffers(path: String, what: String)
    case held(url: String, holder: String)
    /// The network or the service; `advice` says what to do where we know.
    case service(HTTPError, advice: String?)
    /// What the service did is not what was asked for, or somebody else interfered: trying again may help.
    case disturbed(url: String, what: String)
    /// A name under which the store would not find the file again.
    case unusableName(url: String, why: String)
    /// A name that cannot be shown in JSON: it is not UTF-8.
    case unreadableName(url: String)

    static func lake(_ error: IOError) -> LakeError { .io(error, source: false) }
}
