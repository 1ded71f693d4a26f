import Bytes
import Glibc
import HTTP
import TestSupport

/// A clock that only moves when somebody sleeps, and keeps what was slept.
final class FakeClock: Sendable {
    private struct State {
        var seconds = 1000.0
        var sleeps: [Double] = []
    }

    /// 2026-01-02T03:04:05Z
    static let start = UTCTime(clampingMilliseconds: 1_767_323_045_000)

    private let state = Guarded(State())

    var sleeps: [Double] { state.withLock { $0.sleeps } }

    func advance(by seconds: Double) { state.withLock { $0.seconds += seconds } }

    var clock: HTTPClock {
        HTTPClock(
            monotonicSeconds: { [self] in state.withLock { $0.seconds } },
            now: { [self] in
                let passed = state.withLock { $0.seconds } - 1000
                return UTCTime(clampingMilliseconds: Self.start.milliseconds + Int(passed * 1000))
            },
            sleep: { [self] seconds, _ in
                state.withLock {
                    $0.seconds += seconds
                    $0.sleeps.append(seconds)
                }
            })
    }
}

extension HTTPSettings {
    /// Settings that wait on a fake clock, always for the whole ceiling.
    static func test(_ clock: FakeClock = FakeClock()) -> HTTPSettings {
        var settings = HTTPSettings()
        settings.clock = clock.clock
        settings.random = { 0.999_999 }
        settings.timeouts.connectSeconds = 5
        settings.timeouts.attemptSeconds = 20
        return settings
    }
}

/// An answer with a body of known length.
func reply(_ status: Int, _ body: String = "", _ headers: [String] = []) -> [ScriptedServer.Step] {
    let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + headers
    return [.text(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)]
}

extension Request {
    init(_ method: HTTPMethod, _ server: ScriptedServer, _ target: String = "/") throws {
        self.init(method, try WebURL(server.origin + target))
    }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// The error that `body` throws, or nil.
func failure(_ body: () throws(HTTPError) -> Void) -> HTTPError? {
    do throws(HTTPError) {
        try body()
        return nil
    } catch {
        return error
    }
}

/// Lets other threads run for a moment.
func usleepBriefly() { usleep(1000) }
