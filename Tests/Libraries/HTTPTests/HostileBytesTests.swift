import Bytes
import HTTP
import TestSupport
import Testing

/// Texts and answers with random damage: whatever comes, it is taken or refused, and nothing traps.
@Suite struct HostileBytesTests {
    private static let seed: UInt64 = 20_261_126

    private static func damaged(_ text: String, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 1: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 5))
            default: bytes.insert(contentsOf: bytes.prefix(place).suffix(7), at: place)
            }
        }
        return bytes
    }

    @Test func textsAreReadOrRefused() throws {
        var random = SeededRandom(seed: Self.seed)
        let base = try WebURL("https://h.example/a/b?c")
        let now = UTCTime(clampingMilliseconds: 1_767_323_045_000)
        var readCount = 0
        for _ in 0..<5000 {
            func text(_ good: String) -> String { String(decoding: Self.damaged(good, &random), as: UTF8.self) }
            let address = text("https://host.example:8443/a%20b/../c?d=e%2F#f")
            do throws(HTTPError) {
                let url = try WebURL(address)
                readCount += 1
                // What is read can be read again, to the same.
                #expect(try WebURL(url.text) == url, "seed \(Self.seed)")
            } catch {}
            _ = try? base.resolving(text("../x/./y?z=1#q"))
            _ = HTTPDate.read(text("Sun, 06 Nov 1994 08:49:37 GMT"), now: now)
            _ = HTTPDate.read(text("Sunday, 06-Nov-94 08:49:37 GMT"), now: now)
            _ = ContentRange(text("bytes 100-199/1000"))
            _ = RetryAfter.seconds(in: ["Retry-After": text("120")], now: now)
        }
        #expect(readCount > 100, "seed \(Self.seed)")
    }

    @Test func answersAreTakenOrRefused() throws {
        let random = Guarded(SeededRandom(seed: Self.seed))
        let good = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\nETag: \"x\"\r\n\r\n0123456789"
        let chunked = "HTTP/1.1 206 Part\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"
        let server = try ScriptedServer { call in
            let bytes = random.withLock { Self.damaged(call.number % 2 == 0 ? good : chunked, &$0) }
            return [.send(bytes), .close]
        }
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.retries = .none
        settings.timeouts.attemptSeconds = 2
        settings.budget = nil
        let client = try HTTPClient(settings)
        let counts = Guarded((answered: 0, refused: 0))
        let request = server.origin
        WorkerThreads.forEach(Array(0..<400), atOnce: 8) { number in
            do throws(HTTPError) {
                _ = try client.send(Request(.get, WebURL("\(request)/\(number)")))
                counts.withLock { $0.answered += 1 }
            } catch {
                counts.withLock { $0.refused += 1 }
            }
        }
        let found = counts.withLock { $0 }
        #expect(found.answered + found.refused == 400)
        #expect(found.answered > 20 && found.refused > 20, "seed \(Self.seed)")
    }
}
