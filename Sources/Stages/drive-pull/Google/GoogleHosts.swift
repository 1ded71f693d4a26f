import HTTP

/// Which hosts are Google's. Addresses in credential files and in answers are followed with secrets only to these, and to
/// this machine, where tests are.
enum GoogleHosts {
    /// Token services of public Google Cloud; older key files name accounts.google.com.
    static func isTokenService(_ url: WebURL) -> Bool {
        url.isLoopback
            || url.scheme == .https && (url.host == "accounts.google.com" || url.host.hasSuffix(".googleapis.com"))
    }

    /// Where the content of files comes from.
    static func isContent(_ url: WebURL) -> Bool {
        url.scheme == .https
            && [".googleapis.com", ".google.com", ".googleusercontent.com"].contains { url.host.hasSuffix($0) }
    }
}
