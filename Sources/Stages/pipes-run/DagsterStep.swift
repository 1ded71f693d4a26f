import DagsterPipes
import NDJSON
import StageKit

/// The step of a run that Dagster started us for.
struct DagsterStep {
    let context: PipesContext
    let session: PipesSession

    /// Nil when Dagster's variables are not set. Throws 78 when they are wrong, and 74 when a file behind them is not
    /// there.
    static func open() throws(StageFailure) -> DagsterStep? {
        guard let contextText = Environment.value(PipesParameter.contextName),
            let messagesText = Environment.value(PipesParameter.messagesName)
        else { return nil }
        let session: PipesSession
        do throws(PipesError) {
            session = try PipesSession(
                parameter: PipesParameter.decode(messagesText, name: PipesParameter.messagesName))
        } catch {
            throw failure(error)
        }
        do throws(PipesError) {
            let parameter = try PipesParameter.decode(contextText, name: PipesParameter.contextName)
            return DagsterStep(context: try PipesContext(parameter: parameter), session: session)
        } catch {
            let failure = failure(error)
            try? session.close(.failure(name: "pipes-run", message: error.message, cause: nil))
            throw failure
        }
    }

    /// What changes in the environment for the command: no second writer of messages, and the partitions.
    var environment: [(name: String, value: String?)] {
        [
            (PipesParameter.contextName, nil), (PipesParameter.messagesName, nil),
            ("PIPES_PARTITION_FIRST", context.partitions?.first), ("PIPES_PARTITION_LAST", context.partitions?.last),
        ]
    }

    /// Ends the session for a command that could not be started, and gives the failure on.
    func close(failure: StageFailure) -> StageFailure {
        try? session.close(.failure(name: "pipes-run", message: failure.message ?? "", cause: nil))
        return failure
    }

    static func failure(_ error: PipesError) -> StageFailure {
        switch error {
        case .malformed: .badConfiguration(error.message)
        case .io: .localIO(error.message)
        }
    }
}
