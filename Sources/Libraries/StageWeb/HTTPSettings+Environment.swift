package import HTTP
import StageKit

extension HTTPSettings {
    /// The settings of a program's client: proxies and certificates are those that the environment names, by the
    /// variables that curl knows, too.
    ///
    /// - Parameter variable: the value of a variable of the environment; tests give their own.
    package static func ofEnvironment(
        userAgent: String, _ variable: (String) -> String? = { Environment.value($0) }
    ) -> HTTPSettings {
        func first(_ names: String...) -> String? {
            for name in names { if let value = variable(name) { return value } }
            return nil
        }
        var settings = HTTPSettings()
        settings.userAgent = userAgent
        settings.proxy.forHTTPS = first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        // A web server may set HTTP_PROXY from a request's header: only the lower-case name is believed.
        settings.proxy.forHTTP = first("http_proxy", "all_proxy", "ALL_PROXY")
        settings.proxy.exceptions = first("no_proxy", "NO_PROXY") ?? ""
        settings.certificateFile = variable("SSL_CERT_FILE")
        settings.certificateFolder = variable("SSL_CERT_DIR")
        return settings
    }
}
