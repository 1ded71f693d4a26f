import Bytes
import Digests
import HTTP

/// Uploads a file to an account without folders: blocks that nobody sees, and a list that makes them the file, if
/// absent. There a rename would be a copy, and not at once.
///
/// A block's name holds a digest of the file up to its end. So blocks that a killed upload left are known for what they
/// are, and are not sent again; the service drops those of no list after a week.
struct BlockListUpload {
    /// The service takes no more.
    static let blockCountLimit = 50_000
    /// The list of what an earlier upload left.
    static let listByteLimit = 16 << 20

    private let upload: LargeUpload
    private let id = UUIDText.random()

    init(_ upload: LargeUpload) { self.upload = upload }

    func run() throws(LakeError) -> PutOutcome {
        let blockByteCount = upload.lake.settings.blockByteCount
        guard upload.byteCount <= Self.blockCountLimit * blockByteCount else {
            throw .contentDiffers(
                path: upload.path, what: "has more than \(Self.blockCountLimit) blocks: raise --block-bytes")
        }
        let standing = try uncommittedBlocks()
        let names = Guarded<[Int: String]>([:])
        let pipeline = try BlockPipeline(upload)
        let (session, path) = (upload.session, upload.address.location)
        try pipeline.run(to: upload.byteCount) { (block) throws(LakeError) in
            let name = Self.name(of: block, number: block.position / blockByteCount)
            names.withLock { $0[block.position] = name }
            if standing.contains(name) { return }
            let headers: HeaderFields = ["x-ms-content-crc64": block.crc64Text]
            try session.require(
                session.request(
                    .put, .blob, path, query: [("comp", "block"), ("blockid", name)], headers: headers,
                    body: block.body))
        }
        let digests = try upload.checkedDigests(pipeline)
        let order = names.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
        return try commit(order, digests)
    }

    private func commit(_ names: [String], _ digests: LakeDigests) throws(LakeError) -> PutOutcome {
        var headers = AzureFile.headers(digests, upload: id, upload.attributes)
        headers["x-ms-blob-content-type"] = upload.contentType
        headers["x-ms-blob-content-md5"] = digests.md5Text
        upload.condition.write(to: &headers)
        let items = names.map { "<Latest>\($0)</Latest>" }.joined()
        let list = Array("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>\(items)</BlockList>".utf8)
        headers["x-ms-content-crc64"] = CRC64.text(of: list)
        let response = try upload.session.send(
            upload.session.request(
                .put, .blob, upload.address.location, query: [("comp", "blocklist")], headers: headers,
                body: .bytes(list)))
        if response.isSuccess {
            return .stored(StoredObject(digests: digests, etag: response.headers["ETag"] ?? ""))
        }
        return try upload.lake.resolve(
            response, StoredUpload(id: id, digests: digests), at: upload.address, upload.condition)
    }

    /// All names of a file's blocks must be of one length: Base64 of six digits, a hyphen and half a SHA-256, or two CRC64
    /// where that is not taken.
    private static func name(of block: BlockPipeline.Block, number: Int) -> String {
        let digits = String(number)
        let place = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
        let checksums = [block.digestsSoFar.crc64 ?? "", block.crc64Text].map { Hex.encode(Base64.decode($0) ?? []) }
        let digest = block.digestsSoFar.sha256 ?? checksums.joined()
        return Base64.encode(Array("\(place)-\(digest.prefix(32))".utf8))
    }

    /// What an earlier upload left.
    private func uncommittedBlocks() throws(LakeError) -> Set<String> {
        var request = upload.session.request(
            .get, .blob, upload.address.location, query: [("comp", "blocklist"), ("blocklisttype", "uncommitted")])
        request.target = .memory(limit: Self.listByteLimit)
        let response = try upload.session.send(request)
        if response.status == 404 { return [] }
        guard response.isSuccess else { throw upload.session.refusal(response) }
        // Names are Base64: nothing in them is escaped in XML.
        let pieces = String(decoding: response.body, as: UTF8.self).split(separator: "<Name>").dropFirst()
        return Set(pieces.map { String($0.prefix { $0 != "<" }) })
    }
}
