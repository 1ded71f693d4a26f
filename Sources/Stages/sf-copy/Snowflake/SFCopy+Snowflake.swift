internal import Bytes
internal import HTTP
internal import NDJSON
internal import StageKit
import StageWeb

extension SFCopy {
    /// What of a run's name goes into the query tag: with every sign escaped it stays below Snowflake's 2,000.
    static let tagNameLimit = 256

    /// Opens the account that `snowflake:CONNECTION` names. Nothing is asked of it yet.
    func openSnowflake(_ connection: String, log: Log) throws(StageFailure) -> SnowflakeWarehouse {
        let profile = try ConnectionProfile.find(connection, variable: { Environment.value($0) })
        guard let database = database ?? profile.database else {
            throw .badConfiguration("no database: give --database, or set it in the connection")
        }
        let client = try httpClient(log: log)
        let credentials = try SnowflakeCredentials.find(
            profile, client: client, passphrase: Environment.value("PRIVATE_KEY_PASSPHRASE"),
            variable: { Environment.value($0) })
        let context = SnowflakeService.Context(
            role: profile.role.map(SQLDialect.upperCase), warehouse: profile.warehouse.map(SQLDialect.upperCase),
            queryTag: JSONValue.object([
                "program": .string("sf-copy"),
                "run": .optional(run.map { String($0.unicodeScalars.prefix(Self.tagNameLimit)) }),
            ]).text)
        let service = SnowflakeService(
            client: client, address: try profile.address(), credentials: credentials, context: context,
            journal: try openJournal())
        do throws(WarehouseError) {
            try service.settle()
        } catch {
            throw error.failure
        }
        return SnowflakeWarehouse(
            database: database, service: service,
            stage: try SnowflakeStage(stage ?? "@OPS.LAKE", database: database, lake: lake))
    }

    private func openJournal() throws(StageFailure) -> StatementJournal? {
        guard let state else { return nil }
        let clock = Environment.wallClock()
        do throws(IOError) {
            return try StatementJournal(
                folder: state, now: UTCTime(seconds: clock.seconds, nanoseconds: clock.nanoseconds))
        } catch {
            throw .localIO(error.message)
        }
    }

    private func httpClient(log: Log) throws(StageFailure) -> HTTPClient {
        var settings = HTTPSettings.ofEnvironment(userAgent: "sf-copy/\(sluiceVersion)")
        settings.stop = Signals.stopFlag()
        settings.noteRetry = { notice in
            log.warning(
                "\(notice.trace.request): \(notice.reason), again in \(notice.waitSeconds) s", code: "http.retry")
        }
        do throws(HTTPError) {
            return try HTTPClient(settings)
        } catch {
            throw .badConfiguration(error.message)
        }
    }
}
