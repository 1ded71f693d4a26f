import Bytes
import HTTP
import TestSupport
import Testing

/// Counts what it is given, and tells the largest block.
private final class CountingSink: ByteSink, @unchecked Sendable {
    let path = "counter"
    private let state = Guarded((total: 0, largest: 0))
    var total: Int { state.withLock { $0.total } }
    var largest: Int { state.withLock { $0.largest } }
    func write(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { $0 = ($0.total + bytes.count, max($0.largest, bytes.count)) }
    }
    func finish() {}
}

private final class FailingSink: ByteSink {
    let path = "/full/disk"
    func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) { throw .system(call: "write", path: path, code: 28) }
    func finish() {}
}

/// Gives `count` bytes; each is the low byte of its place divided by 256. Waits in the middle until `mayGoOn`.
private final class PatternSource: ByteSource {
    let path = "pattern"
    private let count: Int
    private let mayGoOn: () -> Bool
    private var place = 0

    init(_ count: Int, mayGoOn: @escaping () -> Bool = { true }) {
        self.count = count
        self.mayGoOn = mayGoOn
    }

    static func byte(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: place >> 8) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if place >= count / 2 { while !mayGoOn() { usleepBriefly() } }
        let some = min(buffer.count, count - place)
        for offset in 0..<some { buffer[offset] = Self.byte(place + offset) }
        place += some
        return some
    }
}

@Suite struct StreamingTests {
    @Test func aLongAnswerFlowsThroughTheSinkWhileItComes() throws {
        let sink = CountingSink()
        let half = 4 << 20
        let server = try ScriptedServer { _ in
            [
                .text("HTTP/1.1 200 OK\r\nContent-Length: \(2 * half)\r\n\r\n"), .fill(65, count: half),
                // The second half is sent only when the first has reached the sink.
                .call { while sink.total < half { usleepBriefly() } }, .fill(66, count: half),
            ]
        }
        defer { server.stop() }
        var request = try Request(.get, server)
        request.target = .sink(sink)
        let response = try HTTPClient(.test()).send(request)
        #expect(response.bodyByteCount == 2 * half)
        #expect(response.body.isEmpty)
        #expect(sink.total == 2 * half)
        #expect(sink.largest <= 256 << 10)
    }

    @Test(arguments: [true, false])
    func aLongBodyFlowsFromItsSourceWhileItIsSent(hasKnownLength: Bool) throws {
        let count = 3 << 20
        let server = try ScriptedServer { call in
            let isRight = call.body.indices.allSatisfy { call.body[$0] == PatternSource.byte($0) }
            return reply(isRight ? 201 : 400)
        }
        defer { server.stop() }
        var request = try Request(.put, server)
        request.body = .replayable(byteCount: hasKnownLength ? count : nil) { PatternSource(count) }
        #expect(try HTTPClient(.test()).send(request).status == 201)
        let call = try #require(server.calls.first)
        #expect(call.bodyByteCount == count)
        #expect(call.header("content-length") == (hasKnownLength ? String(count) : nil))
        #expect(call.header("transfer-encoding") == (hasKnownLength ? nil : "chunked"))
    }

    @Test func bodiesAreReplayedForRetriesAndRedirects() throws {
        let server = try ScriptedServer { call in
            switch call.number {
            case 1: [.reset]
            case 2: reply(503)
            case 3: reply(307, "", ["Location: /there"])
            default: reply(200)
            }
        }
        defer { server.stop() }
        let folder = try TemporaryDirectory()
        let path = try folder.write("file", (0..<100_000).map { PatternSource.byte($0) })
        var request = try Request(.put, server, "/here")
        request.body = .file(path, offset: 1000, byteCount: 70_000)
        #expect(try HTTPClient(.test()).send(request).status == 200)
        let wanted = (1000..<71_000).map { PatternSource.byte($0) }
        #expect(server.calls.count == 4)
        #expect(server.calls.allSatisfy { $0.body == wanted })
        #expect(server.calls.last?.target == "/there")
    }

    @Test func aStreamThatIsReadOnceIsSentOnce() throws {
        let server = try ScriptedServer { _ in reply(503) }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.put, server)
        request.body = .once(MemorySource(Array("once".utf8)), byteCount: 4)
        #expect(try client.send(request).status == 503)
        #expect(server.calls.map(\.bodyText) == ["once"])
    }

    @Test func aBodyShorterThanAnnouncedFailsAndALongerOneIsCut() throws {
        let server = try ScriptedServer { _ in reply(200) }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.put, server)
        request.body = .replayable(byteCount: 10) { MemorySource(Array("short".utf8), path: "/the/file") }
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .local(_, .corrupt("/the/file", "ended after 5 of 10 bytes")) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        request.body = .replayable(byteCount: 4) { MemorySource(Array("longer".utf8)) }
        #expect(try client.send(request).status == 200)
        #expect(server.calls.last?.bodyText == "long")
    }

    @Test func aMissingFileFailsBeforeAnythingIsSent() throws {
        let server = try ScriptedServer { _ in reply(200) }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.put, server)
        request.body = .file("/no/such/file", byteCount: 10)
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .local(_, let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(cause.isNotFound)
        #expect(server.calls.isEmpty)
    }

    @Test func aFullDiskEndsTheRequest() throws {
        let server = try ScriptedServer { _ in reply(200, "hello") }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.get, server)
        request.target = .sink(FailingSink())
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .local(_, .system("write", "/full/disk", 28)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(server.calls.count == 1)
    }

    @Test func aSinkIsOpenedAnewForEachAttemptThatSucceedsSoFar() throws {
        let server = try ScriptedServer { call in
            switch call.number {
            case 1: reply(503, "not for the sink")
            case 2: [.text("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), .reset]
            default: reply(200, "whole text")
            }
        }
        defer { server.stop() }
        var sinks: [MemorySink] = []
        var request = try Request(.get, server)
        request.target = .opening { head in
            let sink = MemorySink()
            sinks.append(sink)
            return sink
        }
        #expect(try HTTPClient(.test()).send(request).bodyByteCount == 10)
        #expect(sinks.last.map { String(decoding: $0.bytes, as: UTF8.self) } == "whole text")
        #expect(sinks.count == 2)
    }

    @Test func aSinkIsOpenedForAnEmptyAnswerToo() throws {
        let server = try ScriptedServer { _ in reply(200) }
        defer { server.stop() }
        let heads = Guarded<[ResponseHead]>([])
        var request = try Request(.get, server)
        request.target = .opening { head in
            heads.withLock { $0.append(head) }
            return MemorySink()
        }
        #expect(try HTTPClient(.test()).send(request).bodyByteCount == 0)
        #expect(heads.withLock { $0.map(\.status) } == [200])
    }

    @Test func aSinkThatCannotStartOverSaysHowFarItCame() throws {
        let server = try ScriptedServer { call in
            call.header("range") == nil
                ? [.text("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234"), .pause(seconds: 0.02), .reset]
                : [.text("HTTP/1.1 206 Part\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\n56789")]
        }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        let sink = MemorySink()
        var request = try Request(.get, server)
        request.target = .sink(sink)
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .interrupted(let trace, _, let receivedByteCount) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(trace.attempts == 1)
        request.headers["Range"] = ByteRange(first: receivedByteCount).text
        let response = try client.send(request)
        #expect(ContentRange(response.headers["content-range"] ?? "")?.range == 5...9)
        #expect(String(decoding: sink.bytes, as: UTF8.self) == "0123456789")
    }

    @Test func aRangeThatIsIgnoredDoesNotSpoilTheFile() throws {
        let server = try ScriptedServer { _ in reply(200, "0123456789") }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        let sink = MemorySink()
        var request = try Request(.get, server)
        request.target = .sink(sink)
        request.headers["Range"] = ByteRange(first: 5).text
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .rangeIgnored = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(sink.bytes.isEmpty)
        request.headers["Range"] = ByteRange(first: 0).text
        #expect(try client.send(request).bodyByteCount == 10)
    }
}
