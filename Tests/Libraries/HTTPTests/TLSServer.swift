import Glibc
import HTTP
import TestSupport

/// Certificates of one test, made by the `openssl` program: an authority, and a server's certificate that it signed.
final class TestCertificates {
    struct Failed: Error { let command: String }

    let folder: TemporaryDirectory

    /// The server's certificate is for `name`, written as OpenSSL does: `DNS:localhost,IP:127.0.0.1`.
    init(for name: String = "DNS:localhost,IP:127.0.0.1") throws {
        folder = try TemporaryDirectory()
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        try run("openssl req -x509 -days 2 \(key) -subj /CN=test-authority -keyout ca.key -out ca.pem")
        try run("openssl req \(key) -subj /CN=test-server -keyout server.key -out server.csr")
        try folder.write("names", text: "subjectAltName=\(name)\n")
        try run(
            "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt"
        )
        try run("cat server.crt server.key > server.pem")
    }

    /// What a client has to trust.
    var authority: String { folder.file("ca.pem") }
    /// What a server shows, with its key.
    var server: String { folder.file("server.pem") }

    private func run(_ command: String) throws {
        let status = system("cd '\(folder.path)' && (\(command)) >log 2>&1")
        guard status == 0 else { throw Failed(command: command + "\n" + ((try? folder.text("log")) ?? "")) }
    }
}

/// A server of Tests/Support/tls_server.py in a process of its own.
final class TLSServer {
    struct DidNotStart: Error {}

    private static let startLimitSeconds = 30

    let port: Int
    private let input: UnsafeMutablePointer<FILE>

    /// Starts `tls_server.py` with these arguments and waits until it listens.
    init(_ arguments: String, _ certificates: TestCertificates) throws {
        let script = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Support/tls_server.py"
        let name = "port-\(arguments.filter(\.isLetter))-\(Int.random(in: 0..<Int.max))"
        let file = certificates.folder.file(name)
        let command =
            "exec python3 '\(script)' \(arguments) --certificate '\(certificates.server)' --port-file '\(file)'"
        guard let input = popen(command, "we") else { throw DidNotStart() }
        self.input = input
        for _ in 0..<(Self.startLimitSeconds * 100) {
            if let text = try? certificates.folder.text(name), let port = Int(text) {
                self.port = port
                return
            }
            usleep(10_000)
        }
        pclose(input)
        throw DidNotStart()
    }

    deinit { pclose(input) }
}
