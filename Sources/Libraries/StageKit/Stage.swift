package import ArgumentParser
internal import Glibc

/// One program of the pipeline. The conforming type declares its options and `execute`; everything about starting,
/// reporting and exiting is here, and nothing else in the package ends the process.
package protocol Stage: ParsableCommand {
    var common: CommonOptions { get }
    /// The files that the options name: before anything else it is seen to that no output is another's or an input.
    var namedFiles: NamedFiles { get }
    /// Does the work. `report` is written afterwards where the user asked for it.
    mutating func execute(log: Log, report: RunReport) throws(StageFailure)
}

extension Stage {
    /// A program whose outputs are no files of the user's naming has none.
    package var namedFiles: NamedFiles { NamedFiles() }

    /// Only ArgumentParser calls this, for subcommands; our programs have none.
    package mutating func run() throws {
        try perform(arguments: [])
    }

    package static func main() {
        Signals.install()
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try parseAsRoot(arguments)
            if var stage = command as? Self {
                try stage.perform(arguments: arguments)
            } else {
                try command.run()
            }
        } catch let failure as StageFailure {
            Glibc.exit(failure.status)
        } catch {
            exit(withError: error)
        }
    }

    /// A failure here makes no report: that could be the file in question.
    private func checkFiles(_ log: Log) throws(StageFailure) {
        var files = namedFiles
        files.add(output: common.report, as: "--report")
        do throws(StageFailure) {
            try files.check()
        } catch {
            if let message = error.message { log.error(message) }
            throw error
        }
    }

    /// Runs the stage, writes its report and its one line of failure.
    private mutating func perform(arguments: [String]) throws(StageFailure) {
        let log = common.log(program: Self._commandName)
        let report = RunReport(program: Self._commandName, arguments: arguments)
        try checkFiles(log)
        var failure: StageFailure?
        do throws(StageFailure) {
            try execute(log: log, report: report)
        } catch {
            failure = error
        }
        log.progress.erase()
        if let path = common.report {
            do {
                try report.write(to: path, status: failure?.status ?? 0, error: failure?.message)
            } catch {
                failure = failure ?? .output(error)
            }
        }
        guard let failure else { return }
        if let message = failure.message { log.error(message) }
        throw failure
    }
}
