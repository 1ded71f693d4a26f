import Bytes
import NDJSON
import StageKit

extension Pull {
    /// Brings everything and prints the lines, deletions last. A file that cannot be read does not stop the others;
    /// an output that cannot be written ends the run. Gives what went wrong with single files and folders.
    mutating func run(_ inventory: Inventory) throws(StageFailure) -> [StageFailure] {
        var failures = inventory.unreadable.map { StageFailure.input($0) }
        if !isDryRun { for record in inventory.deleted { removeCopy(of: record) } }
        do throws(IOError) {
            try print(inventory, &failures)
        } catch {
            throw .output(error)
        }
        return failures
    }

    private mutating func print(_ inventory: Inventory, _ failures: inout [StageFailure]) throws(IOError) {
        var manifest = try DataOutput("-")
        for (number, file) in inventory.files.enumerated() {
            log.progress.advance(to: number, .files, of: inventory.files.count)
            if let line = try bring(file, &failures) { try manifest.append(line.bytes + [0x0A]) }
        }
        for record in inventory.deleted { try manifest.append(line(ofDeleted: record).bytes + [0x0A]) }
        try manifest.finish()
    }

    private mutating func bring(_ file: SourceFile, _ failures: inout [StageFailure]) throws(IOError) -> JSONValue? {
        do throws(FileCopy.Failure) {
            return try bring(file)
        } catch {
            switch error {
            case .output(let failure): throw failure
            case .source(let failure): failures.append(.input(failure))
            case .notThere: break
            case .keepsChanging(let path):
                failures.append(
                    .tryAgain("\(path): it kept changing while it was read, \(FileCopy.attemptLimit) times"))
            }
            return nil
        }
    }
}

/// What a run amounts to when single files went wrong.
enum PullFailures {
    /// The status of the first failure that trying again would not mend, else 75.
    static func summary(_ failures: [StageFailure]) -> StageFailure? {
        let lasting = failures.first { $0.status != ExitStatus.tryAgain }
        guard let chosen = lasting ?? failures.first else { return nil }
        return StageFailure(
            status: chosen.status, "\(failures.count) files or folders could not be read; the others were brought")
    }
}
