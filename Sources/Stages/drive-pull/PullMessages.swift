import StageKit

/// What a run says on standard error and in its report.
enum PullMessages {
    /// What was noticed while listing.
    static func tell(_ inventory: Inventory, _ names: LocalNames, log: Log, report: RunReport) {
        for entry in inventory.skipped {
            report.warn(entry.reason.code)
            let message = "\(entry.drivePath): skipped: \(entry.reason.rawValue)"
            if entry.reason == .hidden || entry.reason == .ownOutput { log.detail(message) } else { log.info(message) }
        }
        for (drivePath, place) in names.changed {
            report.warn("name.changed")
            log.info("\(drivePath): pulled as \(place)")
        }
        if !inventory.isComplete {
            log.warning("not every folder could be read: nothing counts as deleted there", code: "listing.incomplete")
            report.warn("listing.incomplete")
        }
        if inventory.foreignCount > 0 {
            log.info("\(inventory.foreignCount) known files belong to other folders; whether they are gone is not seen")
        }
    }

    /// The counts of the run.
    static func count(
        _ inventory: Inventory, _ pull: Pull, _ failures: [StageFailure], log: Log, report: RunReport
    ) {
        for failure in failures { if let message = failure.message { log.error(message) } }
        let skippedCount = inventory.skipped.count + pull.vanishedCount
        report.count("files", inventory.files.count)
        report.count("new", pull.newCount)
        report.count("unchanged", pull.unchangedCount)
        report.count("deleted", inventory.deleted.count)
        report.count("copied", pull.copiedCount)
        report.count("postponed", pull.postponedCount)
        report.count("skipped", skippedCount)
        report.count("unmatched", pull.unmatchedCount)
        report.count("failed", failures.count)
        log.info(
            "\(pull.newCount) new, \(pull.unchangedCount) unchanged, \(inventory.deleted.count) deleted, "
                + "\(skippedCount) skipped" + (pull.postponedCount > 0 ? ", \(pull.postponedCount) postponed" : ""))
    }
}
