import ArgumentParser
import Bytes
import DagsterPipes
import NDJSON
import StageKit

/// Takes a command and Dagster's variables; runs the command and tells Dagster what it said, did and reported.
@main
struct PipesRun: Stage {
    static let configuration = CommandConfiguration(
        commandName: "pipes-run", abstract: "Run a program or a script as a step of Dagster.",
        usage: "pipes-run [--reports DIR] -- COMMAND...", discussion: PipesHelp.text, version: sluiceVersion)

    @Argument(help: ArgumentHelp("What to run, after --.", valueName: "command"))
    var command: [String] = []
    @Option(help: ArgumentHelp("Where the command leaves its reports.", valueName: "dir"))
    var reports: String?
    @OptionGroup var common: CommonOptions

    mutating func execute(log: Log, report: RunReport) throws(StageFailure) {
        guard !command.isEmpty else { throw .usage("there is no command; see --help") }
        guard let step = try DagsterStep.open() else { throw GroupedCommand.become(command) }
        let relay = MessageRelay(step.session, log: log)
        let ending: GroupedCommand.Ending
        do throws(StageFailure) {
            ending = try GroupedCommand.run(
                command, environment: step.environment, joinsOutput: step.session.usesStandardOutput, relay: relay)
        } catch {
            throw step.close(failure: error)
        }
        let folder = ReportFolder(reports, relay: relay)
        let results = AssetReports(step.context, folder, status: ending.status)
        results.send(relay)
        if ending.status != 0 { relay.exception = FailureCause.exception(command, ending, folder, relay.lastLine) }
        relay.close()
        report.count("messages", relay.messageCount)
        if let failure = relay.failure(status: ending.status) { throw failure }
        if ending.status != 0 { throw StageFailure(status: ending.status, nil) }
    }
}
