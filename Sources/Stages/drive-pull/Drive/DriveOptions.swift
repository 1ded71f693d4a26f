import ArgumentParser
import StageKit

/// The options that concern Google Drive only.
struct DriveOptions: ParsableArguments {
    static let defaultJobs = 8
    static let jobLimit = 64

    @Option(help: ArgumentHelp("Remember what folders hold, and ask only for changes.", valueName: "file"))
    var state: String?
    @Flag(help: "List everything anew, whatever --state remembers.")
    var full = false
    @Option(help: ArgumentHelp("Files and folders asked for at a time.", valueName: "n"))
    var jobs = defaultJobs
    @Option(help: ArgumentHelp("Quota units a minute that Google allows (a download costs 200).", valueName: "n"))
    var quotaUnits = QuotaPace.defaultUnitsPerMinute
    @Option(help: ArgumentHelp("How long a Google Sheet must have been left alone.", valueName: "duration"))
    var quietPeriod = DurationOption(seconds: QuietPeriod.defaultSeconds)
    @Option(help: ArgumentHelp("The shared drive in which the folders must lie.", valueName: "id"))
    var drive: String?
    @Option(help: ArgumentHelp("Google credentials, in place of the default ones.", valueName: "file"))
    var credentials: String?
    @Option(help: ArgumentHelp("Act for this user, or as this service account.", valueName: "email"))
    var impersonate: String?
    @Flag(help: "Bring files that Google takes for malware.")
    var acknowledgeAbuse = false

    mutating func validate() throws {
        guard (1...Self.jobLimit).contains(jobs) else {
            throw ValidationError("--jobs is a number from 1 to \(Self.jobLimit).")
        }
        guard quotaUnits > 0 else { throw ValidationError("--quota-units is a number greater than 0.") }
        if let impersonate, !impersonate.contains("@") || impersonate.contains("/") {
            throw ValidationError("--impersonate is the address of a user or a service account.")
        }
    }
}
