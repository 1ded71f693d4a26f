import Bytes
import HTTP
import StageKit

/// A connection to Google Drive, signed in.
final class DriveSession: Sendable {
    let api: DriveAPI
    /// Who we are there.
    let account: String
    /// The shared drive in which all folders must lie, where the user said so.
    let requiredDrive: String?
    let jobs: Int

    private init(_ api: DriveAPI, account: String, options: DriveOptions) {
        self.api = api
        self.account = account
        requiredDrive = options.drive
        jobs = options.jobs
    }

    /// Finds credentials, signs in and asks Drive who we are: what is wrong with any of that ends the run before it began.
    static func open(_ options: DriveOptions, log: Log) throws(StageFailure) -> DriveSession {
        let api: DriveAPI
        do throws(CredentialsError) {
            api = try connected(options, log)
        } catch {
            throw error.failure
        }
        do throws(DriveError) {
            let account = try api.account()
            log.detail("signed in to Google Drive as \(account)")
            return DriveSession(api, account: account, options: options)
        } catch {
            throw error.failure("Google Drive, as \(api.access.credential.name)")
        }
    }

    private static func connected(_ options: DriveOptions, _ log: Log) throws(CredentialsError) -> DriveAPI {
        let client = try WebSettings.client(jobs: options.jobs, log: log)
        let access = try access(options, client)
        _ = try access.token()
        return DriveAPI(
            root: try WebSettings.address("SLUICE_DRIVE_API", default: DriveAPI.defaultRoot), client: client,
            access: access, unitsPerMinute: options.quotaUnits)
    }

    private static func access(
        _ options: DriveOptions, _ client: HTTPClient
    ) throws(CredentialsError) -> GoogleAccess {
        let finder = DefaultCredentials(variable: Environment.value, metadata: MetadataProbe(client: client))
        let found = try finder.find(explicit: options.credentials)
        var credential = found.credential
        if let address = options.impersonate {
            credential = try credential.acting(
                for: address, iamRoot: try WebSettings.address("SLUICE_IAM_API", default: Impersonation.defaultRoot))
        }
        return GoogleAccess(
            credential, quotaProject: Environment.value("GOOGLE_CLOUD_QUOTA_PROJECT") ?? found.quotaProject,
            service: TokenService(client: client, now: { WebSettings.now() }))
    }

    /// The address with an id in place of `root`, and its key made known.
    func resolved(_ address: DriveAddress) throws(StageFailure) -> DriveAddress {
        api.learn(key: address.resourceKey, of: address.id)
        guard address.id == DriveAddress.rootAlias else { return address }
        do throws(DriveError) {
            return DriveAddress(id: try api.item(address.id).id)
        } catch {
            throw error.failure("My Drive of \(account)")
        }
    }
}
