internal import Bytes
internal import Glibc

/// A web server on loopback whose answers are written byte by byte by the test, faults included.
///
/// It reads each request whole, asks the script what to answer, and does that. Every connection has a thread.
package final class ScriptedServer: Sendable {
    /// A body longer than this is counted, not kept.
    package static let bodyLimit = 16 << 20
    private static let blockByteCount = 64 << 10
    private static let headLimit = 1 << 20
    private static let waitSeconds = 30

    /// A request as it came over the wire.
    package struct Call: Sendable {
        package let method: String
        package let target: String
        package let headers: [(name: String, value: String)]
        package fileprivate(set) var body: [UInt8] = []
        package fileprivate(set) var bodyByteCount = 0
        /// From 1, in the order in which connections were accepted.
        package let connection: Int
        /// From 1, over all connections.
        package let number: Int

        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        package var bodyText: String { String(decoding: body, as: UTF8.self) }
    }

    /// One thing the server does for an answer.
    package enum Step: Sendable {
        case send([UInt8])
        /// Sends `byte` this often, in blocks.
        case fill(UInt8, count: Int)
        case pause(seconds: Double)
        /// Calls back, for tests that wait for something.
        case call(@Sendable () -> Void)
        /// Ends the connection with a reset, which makes the peer's read fail.
        case reset
        /// Ends the connection in order.
        case close

        package static func text(_ text: String) -> Step { .send(Array(text.utf8)) }
    }

    private struct State {
        var calls: [Call] = []
        var sockets: Set<Int32> = []
        var threads: [Joinable] = []
        var connectionCount = 0
        var isStopping = false
    }

    private final class Joinable: @unchecked Sendable {
        private var thread: SystemThread?
        init(_ body: @escaping @Sendable () -> Void) throws(IOError) { thread = try SystemThread(body) }
        func join() { thread.take()?.join() }
    }

    package let port: Int
    private let listener: Int32
    private let state = Guarded(State())
    private let answer: @Sendable (Call) -> [Step]
    private let refusesBody: @Sendable (Call) -> [Step]?

    /// Listens on a free port of 127.0.0.1.
    ///
    /// - Parameters:
    ///   - refusesBody: asked with the head alone: steps to take in place of reading the body, or nil to read it
    ///   - answer: asked with each whole request
    package init(
        refusesBody: @escaping @Sendable (Call) -> [Step]? = { _ in nil },
        answer: @escaping @Sendable (Call) -> [Step]
    ) throws {
        self.answer = answer
        self.refusesBody = refusesBody
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw IOError.last("socket", "server") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 128) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw IOError.last("listen", "server") }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        let accepting = try Joinable { [self] in accept() }
        state.withLock { $0.threads.append(accepting) }
    }

    /// The address of the server, without a slash at the end.
    package var origin: String { "http://127.0.0.1:\(port)" }

    /// The requests so far, in the order in which they were read.
    package var calls: [Call] { state.withLock { $0.calls } }

    package var connectionCount: Int { state.withLock { $0.connectionCount } }

    /// Ends all connections and threads. Must be called: the threads keep the server alive.
    package func stop() {
        state.withLock { state in
            state.isStopping = true
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
        while let thread = state.withLock({ $0.threads.popLast() }) { thread.join() }
        close(listener)
    }

    private func accept() {
        while true {
            let socket = Glibc.accept(listener, nil, nil)
            if socket < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            // A program that a test starts must not keep the connection open.
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            var limit = timeval(tv_sec: Self.waitSeconds, tv_usec: 0)
            setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var isOn: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
            let number = state.withLock { state in
                state.connectionCount += 1
                if !state.isStopping { state.sockets.insert(socket) }
                return state.isStopping ? nil : state.connectionCount
            }
            guard let number, let thread = try? Joinable({ [self] in serve(socket, number) }) else {
                close(socket)
                continue
            }
            state.withLock { $0.threads.append(thread) }
        }
    }

    private func serve(_ socket: Int32, _ connection: Int) {
        var input = Input(socket: socket)
        defer {
            state.withLock { _ = $0.sockets.remove(socket) }
            close(socket)
        }
        while let head = input.head(limit: Self.headLimit), var call = parse(head, connection) {
            if let steps = refusesBody(call) {
                record(call)
                _ = take(steps, socket)
                return
            }
            if call.header("expect") != nil { _ = send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), socket) }
            guard readBody(of: &call, &input) else { return }
            record(call)
            guard take(answer(call), socket) else { return }
        }
    }

    private func record(_ call: Call) { state.withLock { $0.calls.append(call) } }

    private func parse(_ head: String, _ connection: Int) -> Call? {
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: true).map(String.init)
        guard !lines.isEmpty else { return nil }
        let words = lines.removeFirst().split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        let headers = lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            return (name: String(parts[0]), value: String(value))
        }
        let number = state.withLock { $0.calls.count + 1 }
        return Call(method: words[0], target: words[1], headers: headers, connection: connection, number: number)
    }

    private func readBody(of call: inout Call, _ input: inout Input) -> Bool {
        func keep(_ bytes: ArraySlice<UInt8>, _ call: inout Call) {
            call.bodyByteCount += bytes.count
            if call.body.count + bytes.count <= Self.bodyLimit { call.body += bytes }
        }
        if call.header("transfer-encoding") == "chunked" {
            while let line = input.line(), let count = Int(line, radix: 16) {
                guard input.take(count, { keep($0, &call) }), input.line() != nil else { return false }
                if count == 0 { return true }
            }
            return false
        }
        let count = call.header("content-length").flatMap { Int($0) } ?? 0
        return input.take(count) { keep($0, &call) }
    }

    /// False when the connection is over.
    private func take(_ steps: [Step], _ socket: Int32) -> Bool {
        for step in steps {
            switch step {
            case .send(let bytes): if !send(bytes, socket) { return false }
            case .fill(let byte, let count):
                let block = [UInt8](repeating: byte, count: min(count, Self.blockByteCount))
                var rest = count
                while rest > 0 {
                    guard send(rest < block.count ? Array(block.prefix(rest)) : block, socket) else { return false }
                    rest -= block.count
                }
            case .pause(let seconds): usleep(UInt32(seconds * 1_000_000))
            case .call(let body): body()
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
                return false
            case .close: return false
            }
        }
        return true
    }

    private func send(_ bytes: [UInt8], _ socket: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress.unsafelyUnwrapped + done, bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }
}

/// What comes in over one connection.
private struct Input {
    let socket: Int32
    var held: ArraySlice<UInt8> = []

    init(socket: Int32) { self.socket = socket }

    /// Reads up to the empty line; nil at the end of the connection.
    mutating func head(limit: Int) -> String? {
        var head = ""
        while let line = line(), head.utf8.count < limit {
            if line.isEmpty { return head }
            head += line + "\r\n"
        }
        return nil
    }

    mutating func line() -> String? {
        while true {
            if let end = held.firstIndex(of: 0x0A) {
                let line = String(decoding: held[held.startIndex..<end].filter { $0 != 0x0D }, as: UTF8.self)
                held = held[(end + 1)...]
                return line
            }
            guard fill() else { return nil }
        }
    }

    /// Gives `count` bytes to `body`, block by block.
    mutating func take(_ count: Int, _ body: (ArraySlice<UInt8>) -> Void) -> Bool {
        var rest = count
        while rest > 0 {
            if held.isEmpty, !fill() { return false }
            let block = held.prefix(rest)
            body(block)
            rest -= block.count
            held = held.dropFirst(block.count)
        }
        return true
    }

    private mutating func fill() -> Bool {
        var block = [UInt8](repeating: 0, count: 64 << 10)
        let count = block.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        held = held + block.prefix(count)
        return true
    }
}
