import Bytes
import Digests
import HTTP

/// What the service tells of one file or folder.
struct AzureFile: Equatable {
    /// Names of our own among the metadata.
    static let sha256Name = "sha256"
    static let md5Name = "md5"
    /// Which of all uploads stored it: by this a lost answer is told from another's file.
    static let uploadName = "upload"
    static let ownNames: Set<String> = [sha256Name, md5Name, uploadName, "target"]
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
    /// metadata as it is, but not the stored MD5.
    var digests: ContentDigests? {
        guard let sha256 = metadata[Self.sha256Name], sha256.utf8.count == 64, Hex.decode(sha256) != nil,
            let md5 = metadata[Self.md5Name], let bytes = Hex.decode(md5), Base64.encode(bytes) == contentMD5
        else { return nil }
        return ContentDigests(byteCount: byteCount, sha256: sha256, md5: md5)
    }

    /// The metadata of a content that is stored now.
    static func headers(_ digests: ContentDigests, upload: String, _ attributes: LakeAttributes) -> HeaderFields {
        var metadata = attributes.metadata
        metadata[sha256Name] = digests.sha256
        metadata[md5Name] = digests.md5
        metadata[uploadName] = upload
        var headers = HeaderFields()
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { headers[metadataPrefix + name] = value }
        return headers
    }
}
