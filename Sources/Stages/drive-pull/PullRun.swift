import Bytes
import NDJSON
import StageKit

extension Pull {
    /// Brings everything and prints the lines, deletions last. A file that cannot be read does not stop the others;
    /// an output that cannot be written ends the run. Gives what went wrong with single files and folders.
    mutating func run(_ inventory: Inventory, by drive: DriveFetch?) throws(StageFailure) -> [StageFailure] {
        var failures = inventory.unreadable
        if !isDryRun { for record in inventory.deleted { removeCopy(of: record) } }
        do throws(IOError) {
            let outcomes = try drive?.bring(wanted(inventory), isDryRun: isDryRun) ?? [:]
            try print(inventory, outcomes, &failures)
        } catch {
            throw .output(error)
        }
        return failures
    }

    /// The files of Drive that are new, or asked for in any case.
    private func wanted(_ inventory: Inventory) -> [DriveFetch.Wanted] {
        inventory.files.compactMap { file in
            guard case .drive(let item) = file.location else { return nil }
            let isNew = known[file.id]?.version != item.contentVersion
            guard isNew || printsUnchanged else { return nil }
            let place = FileSystem.join(output, names.place(of: file))
            return DriveFetch.Wanted(file: file, item: item, place: place, isNew: isNew)
        }
    }

    private mutating func print(
        _ inventory: Inventory, _ outcomes: [String: DriveOutcome], _ failures: inout [StageFailure]
    ) throws(IOError) {
        var manifest = try DataOutput("-")
        for (number, file) in inventory.files.enumerated() {
            let line: JSONValue?
            switch file.location {
            case .local(let path):
                log.progress.advance(to: number, .files, of: inventory.files.count)
                line = try bring(file, at: path, &failures)
            case .drive: line = self.line(of: file, outcomes[file.id], &failures)
            }
            if let line { try manifest.append(line.bytes + [0x0A]) }
        }
        for record in inventory.deleted { try manifest.append(line(ofDeleted: record).bytes + [0x0A]) }
        try manifest.finish()
    }

    /// The line of a file of Drive by what became of it.
    private mutating func line(
        of file: SourceFile, _ outcome: DriveOutcome?, _ failures: inout [StageFailure]
    ) -> JSONValue? {
        switch outcome {
        case nil: noteUnchanged()
        case .vanished: noteVanished(file)
        case .postponed(let reason): notePostponed(file, reason)
        case .failed(let failure): failures.append(failure)
        case .present(let content, let wasFetched):
            if wasFetched, let byteCount = content.byteCount, let sha256 = content.sha256 {
                let path = FileSystem.join(output, names.place(of: file))
                noteCopied(StoredFile(path: path, byteCount: byteCount, sha256: sha256))
            }
            return line(of: file, content)
        }
        return nil
    }

    private mutating func bring(
        _ file: SourceFile, at path: RawPath, _ failures: inout [StageFailure]
    ) throws(IOError) -> JSONValue? {
        do throws(FileCopy.Failure) {
            return try bring(file, at: path)
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
