internal import Bytes
internal import HTTP
internal import Signing
internal import StageKit

/// How to reach and enter a Snowflake account, from the files and variables of Snowflake's own programs.
///
/// A value is looked for in this order: `SNOWFLAKE_CONNECTIONS_<NAME>_<KEY>`, the profile `NAME` of `connections.toml` (or
/// of `config.toml`, where it stands below `[connections]`), `SNOWFLAKE_<KEY>`.
struct ConnectionProfile {
    /// Empty when there is no profile and variables alone say where to go.
    let name: String
    private let values: [String: String]
    private let variable: (String) -> String?

    /// The folder of the files: `SNOWFLAKE_HOME`, else `~/.snowflake`.
    static func folder(_ variable: (String) -> String?) -> String? {
        if let home = variable("SNOWFLAKE_HOME") {
            guard home.hasPrefix("~/") else { return home }
            return variable("HOME").map { FileSystem.join($0, String(home.dropFirst(2))) }
        }
        return variable("HOME").map { FileSystem.join($0, ".snowflake") }
    }

    /// - Parameter name: what follows `snowflake:`; empty is the default connection, or variables alone.
    static func find(_ name: String, variable: @escaping (String) -> String?) throws(StageFailure) -> ConnectionProfile
    {
        let (connections, configuration) = try files(variable)
        let chosen =
            name.isEmpty
            ? variable("SNOWFLAKE_DEFAULT_CONNECTION_NAME") ?? configuration[""]?["default_connection_name"] ?? ""
            : name
        // Where there is a connections.toml, connections of config.toml do not count.
        let found = connections.map { $0[chosen] } ?? configuration["connections.\(chosen)"]
        let profile = ConnectionProfile(name: chosen, values: found ?? [:], variable: variable)
        if found == nil, !chosen.isEmpty, profile.account == nil || !name.isEmpty && !profile.hasOwnVariables {
            throw .badConfiguration(
                "there is no connection \(chosen) in connections.toml or config.toml of "
                    + (folder(variable) ?? "~/.snowflake"))
        }
        return profile
    }

    init(name: String, values: [String: String], variable: @escaping (String) -> String?) {
        self.name = name
        self.values = values
        self.variable = variable
    }

    private var hasOwnVariables: Bool { variable("SNOWFLAKE_CONNECTIONS_\(name.uppercased())_ACCOUNT") != nil }

    /// The value of a key; nil when it is nowhere, or empty.
    func value(_ keys: String...) -> String? {
        for key in keys {
            let found =
                (name.isEmpty ? nil : variable("SNOWFLAKE_CONNECTIONS_\(name.uppercased())_\(key.uppercased())"))
                ?? values[key]
            if let found, !found.isEmpty { return found }
        }
        for key in keys {
            if let found = variable("SNOWFLAKE_\(key.uppercased())"), !found.isEmpty { return found }
        }
        return nil
    }

    var account: String? { value("account") }
    var role: String? { value("role") }
    var warehouse: String? { value("warehouse") }
    var database: String? { value("database") }

    /// Where requests go: `host`, `port` and `protocol`, or what follows from the account.
    func address() throws(StageFailure) -> WebURL {
        let host: String
        if let given = value("host") {
            host = given
        } else {
            host = try snowflakeAccount().host
        }
        let scheme = value("protocol") ?? "https"
        let port = value("port").map { ":\($0)" } ?? ""
        do throws(HTTPError) {
            return try WebURL("\(scheme)://\(host)\(port)/")
        } catch {
            throw .badConfiguration("host, port or protocol of connection \(name): \(error.message)")
        }
    }

    func snowflakeAccount() throws(StageFailure) -> SnowflakeAccount {
        guard let account else {
            throw .badConfiguration("no Snowflake account: set it in connections.toml, or SNOWFLAKE_ACCOUNT")
        }
        do throws(SigningError) {
            return try SnowflakeAccount(account)
        } catch {
            throw .badConfiguration("account \(account): \(error.message)")
        }
    }

    private static func files(
        _ variable: (String) -> String?
    ) throws(StageFailure) -> (connections: [String: [String: String]]?, configuration: [String: [String: String]]) {
        guard let folder = folder(variable) else { return (nil, [:]) }
        return (
            try tables(FileSystem.join(folder, "connections.toml")),
            try tables(FileSystem.join(folder, "config.toml")) ?? [:]
        )
    }

    private static func tables(_ path: String) throws(StageFailure) -> [String: [String: String]]? {
        let bytes: [UInt8]
        do throws(IOError) {
            bytes = try FileSystem.contents(path, limit: TOMLText.byteLimit)
        } catch {
            if error.isNotFound { return nil }
            throw .badConfiguration(error.message)
        }
        do throws(TOMLText.Malformed) {
            return try TOMLText(parsing: String(decoding: bytes, as: UTF8.self)).tables
        } catch {
            throw .badConfiguration("\(path):\(error.line): \(error.reason)")
        }
    }
}
