import Bytes
import Digests

/// Names of files on their way: `_tmp/sluice-....tmp` in the container, apart from everything that somebody reads.
struct TemporaryPath {
    static let folderName = "_tmp"
    static let prefix = "sluice-"
    static let suffix = ".tmp"

    /// The folder of temporary names, without a slash at its end. A signature for one folder reaches only below that.
    static func folder(_ session: AzureSession, near path: String) -> String {
        folder(in: path.split(separator: "/").prefix(depth(of: session)))
    }

    /// The folders in which uploads to a folder, or to what is above or below it, may have left something: that of the
    /// container, and those beside each folder on the way, where a signature for that folder alone was used.
    static func folders(_ session: AzureSession, above path: String) -> [String] {
        let segments = path.split(separator: "/")
        return (min(depth(of: session), segments.count)...segments.count).map { folder(in: segments.prefix($0)) }
    }

    /// How deep the folder lies beyond which the credential does not reach.
    private static func depth(of session: AzureSession) -> Int {
        guard case .signature(let signature) = session.credential.proof else { return 0 }
        return signature.folderDepth ?? 0
    }

    private static func folder(in segments: ArraySlice<Substring>) -> String {
        (segments + [folderName[...]]).joined(separator: "/")
    }

    /// True for a name that this program gave to a file on its way.
    static func isTemporary(_ path: String) -> Bool {
        let name = FileSystem.name(of: path)
        return name.hasPrefix(prefix) && name.hasSuffix(suffix)
            && FileSystem.name(of: FileSystem.parent(of: path)) == folderName
    }

    private let folder: String
    /// The same for every upload of the same file to the same place in the same blocks.
    let resumable: String

    init(_ upload: LargeUpload) {
        folder = Self.folder(upload.session, near: upload.address.location)
        let identity = [
            upload.address.location, String(upload.byteCount), String(upload.lake.settings.blockByteCount),
            upload.sha256 ?? upload.path,
        ]
        let digest = MessageDigest.hex(.sha256, of: identity.joined(separator: "\n"))
        resumable = "\(folder)/\(Self.prefix)\(digest.prefix(32))\(Self.suffix)"
    }

    func unique() -> String { "\(folder)/\(Self.prefix)\(UUIDText.random())\(Self.suffix)" }
}
