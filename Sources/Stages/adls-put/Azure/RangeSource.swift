import Bytes
import Digests
import HTTP
import StageKit

/// The content of one file, fetched in stretches, several at a time. All stretches are of the same content (If-Match),
/// and each is checked with the checksum that the service sends along.
final class RangeSource: LakeSource {
    /// The service gives checksums of no longer ones.
    static let stretchByteCount = 4 << 20
    static let stretchesAtOnceLimit = 4
    /// A stretch that came damaged is fetched again so often.
    static let attemptLimit = 4

    let path: String
    private(set) var lakeFailure: LakeError?
    private let location: String
    private let session: AzureSession
    private let atOnce: Int
    private let first: Stretch
    private var ready: [[UInt8]]
    private var taken = 0
    private var next: Int

    /// A stretch as it came.
    private struct Stretch: Sendable {
        let bytes: [UInt8]
        let etag: String
        let wholeByteCount: Int
    }

    /// Fetches the first stretch, and so knows that the file is there.
    init(_ address: LakeAddress, _ session: AzureSession, atOnce: Int) throws(LakeError) {
        path = address.url
        location = address.location
        self.session = session
        self.atOnce = min(max(1, atOnce), Self.stretchesAtOnceLimit)
        first = try Self.fetch(address.location, session, 0, etag: nil, url: address.url)
        ready = [first.bytes]
        next = first.bytes.count
    }

    var etag: String { first.etag }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        while true {
            if let block = ready.first {
                let count = min(block.count - taken, buffer.count)
                if count > 0 {
                    block.withUnsafeBytes {
                        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[taken..<(taken + count)]))
                    }
                    taken += count
                    return count
                }
                if taken < block.count { return 0 }
                ready.removeFirst()
                taken = 0
                continue
            }
            guard next < first.wholeByteCount else { return 0 }
            do throws(LakeError) {
                try fetchMore()
            } catch {
                lakeFailure = error
                throw .corrupt(path: path, reason: error.failure.message ?? "it cannot be read")
            }
        }
    }

    private func fetchMore() throws(LakeError) {
        let starts = (0..<atOnce).map { next + $0 * Self.stretchByteCount }.filter { $0 < first.wholeByteCount }
        let found = Guarded<[Int: Stretch]>([:])
        let (location, session, etag, path) = (location, session, first.etag, path)
        try WorkerThreads.forEach(starts, atOnce: atOnce) { (start) throws(LakeError) in
            let stretch = try Self.fetch(location, session, start, etag: etag, url: path)
            found.withLock { $0[start] = stretch }
        }
        let stretches = found.withLock { $0.sorted { $0.key < $1.key } }
        for (start, stretch) in stretches {
            let isWhole = stretch.bytes.count == min(Self.stretchByteCount, first.wholeByteCount - start)
            guard isWhole, start == next else {
                throw .disturbed(url: path, what: "another stretch came than was asked for")
            }
            ready.append(stretch.bytes)
            next += stretch.bytes.count
        }
    }

    private static func fetch(
        _ location: String, _ session: AzureSession, _ start: Int, etag: String?, url: String
    ) throws(LakeError) -> Stretch {
        for _ in 0..<attemptLimit {
            let response = try session.send(request(location, session, start, etag))
            switch response.status {
            case 206: break
            // Some send the whole where it fits.
            case 200 where start == 0: return try whole(response, url)
            case 404 where response.errorCode?.hasSuffix("NotFound") == true && !response.isContainerMissing:
                throw .notFound(url: url)
            case 412: throw .disturbed(url: url, what: "it was replaced while it was read")
            // An empty file has no first byte.
            case 416 where start == 0:
                return Stretch(bytes: [], etag: response.headers["ETag"] ?? "", wholeByteCount: 0)
            default: throw session.refusal(response)
            }
            if AzureFile(response.headers).isFolder { throw .isFolder(url: url) }
            guard let place = response.headers["Content-Range"].flatMap({ ContentRange($0) }),
                let whole = place.wholeByteCount, place.range?.lowerBound == start,
                place.range?.count == response.body.count
            else { throw .disturbed(url: url, what: "the service sent another range than was asked for") }
            let said = response.headers["x-ms-content-crc64"]
            if said == nil || said == CRC64.text(of: response.body) {
                return Stretch(bytes: response.body, etag: response.headers["ETag"] ?? "", wholeByteCount: whole)
            }
        }
        throw .disturbed(url: url, what: "it came damaged \(attemptLimit) times")
    }

    private static func whole(_ response: Response, _ url: String) throws(LakeError) -> Stretch {
        let file = AzureFile(response.headers)
        if file.isFolder { throw .isFolder(url: url) }
        return Stretch(bytes: response.body, etag: file.etag, wholeByteCount: response.body.count)
    }

    private static func request(_ location: String, _ session: AzureSession, _ start: Int, _ etag: String?) -> Request {
        var request = session.request(.get, .blob, location)
        request.headers["Range"] = ByteRange(first: start, last: start + stretchByteCount - 1).text
        request.headers["x-ms-range-get-content-crc64"] = "true"
        request.headers["If-Match"] = etag
        request.target = .memory(limit: stretchByteCount)
        return request
    }
}

extension Response {
    var isContainerMissing: Bool { errorCode == "ContainerNotFound" || errorCode == "FilesystemNotFound" }
}
