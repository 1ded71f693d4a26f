import Bytes
import Digests
import HTTP

/// What the service tells of one file or folder.
struct AzureFile: Equatable {
    /// Names of our own among the metadata.
    static let sha256Name = "sha256"
    static let crc64Name = "crc64"
    static let md5Name = "md5"
    static let bytesName = "bytes"
    /// How much of a file on its way is there, and the best digest of that.
    static let progressName = "progress"
    /// Which of all uploads stored it: by this a lost answer is told from another's file.
    static let uploadName = "upload"
    /// Where a file on its way goes to.
    static let targetName = "target"
    static let ownNames: Set<String> = [
        sha256Name, crc64Name, md5Name, bytesName, progressName, uploadName, targetName,
    ]
    private static let metadataPrefix = "x-ms-meta-"

    let isFolder: Bool
    let byteCount: Int
    let etag: String
    let modified: UTCTime
    /// Base64, as the service has it of whoever wrote the file.
    let contentMD5: String?
    let metadata: [String: String]

    /// Reads the header of an answer about a whole file.
    init(_ headers: HeaderFields) {
        var metadata: [String: String] = [:]
        for field in headers.fields where field.name.lowercased().hasPrefix(Self.metadataPrefix) {
            metadata[field.name.lowercased().dropFirst(Self.metadataPrefix.utf8.count).description] = field.value
        }
        self.metadata = metadata
        isFolder = headers["x-ms-resource-type"] == "directory" || metadata["hdi_isfolder"] == "true"
        byteCount = headers["Content-Length"].flatMap { Int($0) } ?? 0
        etag = headers["ETag"] ?? ""
        let epoch = UTCTime(clampingMilliseconds: 0)
        modified = headers["Last-Modified"].flatMap { HTTPDate.read($0, now: epoch) } ?? epoch
        contentMD5 = headers["Content-MD5"] ?? headers["x-ms-blob-content-md5"]
    }

    var upload: String? { metadata[Self.uploadName] }

    /// The digests that the upload wrote down, if nobody has written to the file since: others who append leave the
    /// metadata as it is, but neither the length nor a stored MD5; who writes it anew leaves none.
    var digests: LakeDigests? {
        let sha256 = metadata[Self.sha256Name].flatMap { $0.utf8.count == 64 && Hex.decode($0) != nil ? $0 : nil }
        let crc64 = metadata[Self.crc64Name].flatMap { Base64.decode($0)?.count == 8 ? $0 : nil }
        guard sha256 != nil || crc64 != nil else { return nil }
        let (length, md5) = (metadata[Self.bytesName], metadata[Self.md5Name])
        let digests = LakeDigests(byteCount: byteCount, sha256: sha256, crc64: crc64, md5: md5)
        guard length != nil || md5 != nil, length ?? String(byteCount) == String(byteCount),
            md5 == nil || digests.md5Text == contentMD5 && contentMD5 != nil
        else { return nil }
        return digests
    }

    /// Whether a file on its way has this content, if nothing was added since that was written down.
    func isBeginning(_ digests: LakeDigests) -> Bool {
        metadata[Self.progressName] == Self.progress(digests) && byteCount == digests.byteCount
    }

    /// The metadata of a file on its way.
    static func progressHeaders(_ digests: LakeDigests, target: LakeAddress) -> HeaderFields {
        [
            metadataPrefix + progressName: progress(digests),
            metadataPrefix + targetName: LakeAttributes.headerText(target.location),
        ]
    }

    private static func progress(_ digests: LakeDigests) -> String {
        "\(digests.byteCount):\(digests.sha256 ?? digests.crc64 ?? "")"
    }

    /// The metadata of a content that is stored now.
    static func headers(_ digests: LakeDigests, upload: String, _ attributes: LakeAttributes) -> HeaderFields {
        var metadata = attributes.metadata
        metadata[sha256Name] = digests.sha256
        metadata[crc64Name] = digests.crc64
        metadata[md5Name] = digests.md5
        metadata[bytesName] = String(digests.byteCount)
        metadata[uploadName] = upload
        var headers = HeaderFields()
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { headers[metadataPrefix + name] = value }
        return headers
    }
}
