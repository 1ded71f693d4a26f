import Bytes

@testable import HTTP

// What the fuzzers call with any bytes, and the replay of their findings as well. A finding is a crash, or an address
// that does not read back as it was written.

/// An answer: lines of a header up to an empty one, then a body, in pieces as long as the first byte says.
func fuzzAnswer(_ bytes: [UInt8]) {
    guard let first = bytes.first, let url = try? WebURL("https://host.example/a/b?c") else { return }
    var settings = HTTPSettings()
    settings.headerByteLimit = 4096
    settings.headerFieldLimit = 32
    settings.errorBodyLimit = 64
    var request = Request(.get, url)
    request.target = first & 1 == 0 ? .memory(limit: 256) : .sink(MemorySink())
    if first & 2 != 0 { request.headers["Range"] = ByteRange(first: 5).text }
    var reception = Reception(settings: settings, request: request, headers: request.headers)
    do throws(Reception.Fault) {
        try feed(bytes.dropFirst(), to: &reception, pieceLength: Int(first >> 2) + 1)
        try reception.finish()
    } catch {}
    guard let head = reception.head else { return }
    let now = UTCTime(clampingMilliseconds: 1_767_323_045_000)
    _ = RetryAfter.seconds(in: head.headers, now: now)
    if let text = head.headers["content-range"] { _ = ContentRange(text) }
    if let text = head.headers["date"] { _ = HTTPDate.read(text, now: now) }
    if let text = head.headers["location"] { _ = try? url.resolving(text) }
    precondition(reception.bodyByteCount <= bytes.count && reception.body.count <= 256)
}

private func feed(
    _ bytes: ArraySlice<UInt8>, to reception: inout Reception, pieceLength: Int
) throws(Reception.Fault) {
    var rest = bytes
    var isInHeader = true
    while !rest.isEmpty {
        let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
        let piece = Array(isInHeader ? rest[..<end] : rest.prefix(pieceLength))
        rest = rest.dropFirst(piece.count)
        let result: Result<Void, Reception.Fault> = piece.withUnsafeBytes { piece in
            do throws(Reception.Fault) {
                if isInHeader { try reception.take(headerLine: piece) } else { try reception.take(body: piece) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        // The empty line ends a header; after an answer 1xx another follows.
        let isEnd = piece == [0x0D, 0x0A] || piece == [0x0A]
        if isInHeader, isEnd { isInHeader = (reception.head?.status ?? 0) < 200 }
    }
}

/// An address, and after a space a reference to be resolved against it.
func fuzzAddress(_ bytes: [UInt8]) {
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
    guard let first = words.first, let url = try? WebURL(String(first)) else { return }
    precondition((try? WebURL(url.text)) == url)
    _ = (url.isLoopback, url.isMetadataService, url.description)
    guard words.count > 1, let other = try? url.resolving(String(words[1])) else { return }
    precondition((try? WebURL(other.text)) == other)
}
