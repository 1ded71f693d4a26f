import DagsterPipes

/// Why a command failed: the command, the step of the run, and the programs of the pipe that say so themselves.
enum FailureCause {
    private static let readerWentAway: Int32 = 141

    static func exception(
        _ command: [String], _ ending: GroupedCommand.Ending, _ folder: ReportFolder, _ lastLine: String?
    ) -> PipesException? {
        let program = command.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "the command"
        var failures = [(name: program, message: describe(program, ending))]
        guard case .exited = ending else { return .chain(failures) }
        for step in folder.steps where step.status != 0 {
            failures.append((name: step.name, message: "\(step.name): exit status \(step.status)"))
        }
        // A program whose reader went away is a victim, not a cause.
        let culprits = folder.programs.filter { $0.status != 0 && $0.status != readerWentAway }
        for culprit in culprits {
            let reason = culprit.error ?? "exit status \(culprit.status)"
            failures.append((name: culprit.program, message: "\(culprit.program): \(reason)"))
        }
        if culprits.isEmpty, let lastLine { failures.append((name: "stderr", message: lastLine)) }
        return .chain(failures)
    }

    private static func describe(_ program: String, _ ending: GroupedCommand.Ending) -> String {
        switch ending {
        case .exited(let status): "\(program): exit status \(status)"
        case .signalled(let number): "\(program): ended by signal \(number)"
        case .stopped(let number): "\(program): stopped by signal \(number), with its whole process group"
        }
    }
}
