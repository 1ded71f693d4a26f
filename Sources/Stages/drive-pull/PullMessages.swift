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
        for root in inventory.otherRoots {
            log.warning(text(of: root), code: "root.other")
            report.warn("root.other")
        }
    }

    /// What another root's files mean for this run, and what to do about it.
    private static func text(of other: OtherRoot) -> String {
        let shared =
            other.sharedCount == 0
            ? "such as \(other.example)"
            : "\(other.sharedCount) of them are here too and count as versions of the same files, such as "
                + other.example
        return "\(other.root): \(other.fileCount) known files came from there (\(shared)). It is not pulled: "
            + "what is gone is not noticed, and its rows stay current. If the folder was moved, --moved-from \(other.root) "
            + "(MOVED_FROM of the pipeline); if it is another source, pull that as well"
            + (other.sharedCount == 0 ? "" : ", into a lake of its own")
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
        report.count("elsewhere", inventory.otherRoots.map(\.fileCount).reduce(0, +))
        log.info(
            "\(pull.newCount) new, \(pull.unchangedCount) unchanged, \(inventory.deleted.count) deleted, "
                + "\(skippedCount) skipped" + (pull.postponedCount > 0 ? ", \(pull.postponedCount) postponed" : ""))
    }
}
