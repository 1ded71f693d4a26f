import Bytes
import Glibc
import NDJSON
import StageKit
import TestSupport
import Testing

@Suite struct PipesProgramTests {
    let dagster: DagsterStandIn

    init() throws { dagster = try DagsterStandIn() }

    /// Waits until a file is there, for at most ten seconds.
    private func appears(_ name: String) -> Bool {
        for _ in 0..<200 {
            if (try? FileSystem.status(dagster.folder.file(name))) ?? nil != nil { return true }
            usleep(50_000)
        }
        return false
    }

    private func isAlive(_ process: String) -> Bool { pid_t(process).map { kill($0, 0) == 0 } ?? false }

    /// Waits until a process has gone, for at most ten seconds.
    private func goes(_ process: String) -> Bool {
        for _ in 0..<200 {
            if !isAlive(process) { return true }
            usleep(50_000)
        }
        return false
    }

    @Test func withoutDagsterItIsTheCommandAlone() throws {
        let program = try Program.built("pipes-run")
        let outcome = try program.run(
            ["--reports", "none", "--", "bash", "-c", "cat; echo err >&2; exit 7"], input: "in")
        #expect(outcome.status == 7)
        #expect(outcome.output == "in")
        #expect(outcome.errors == "err\n")
        #expect(try program.run(["--", "no-such-command"]).status == 127)
        #expect(try program.run([]).status == ExitStatus.usage)
    }

    @Test func linesBecomeLogMessagesWithTheirLevel() throws {
        let outcome = try dagster.run([
            "--", "bash", "-c",
            #"printf 'clean: warning: odd\nplain\n\n{"level":"error","program":"clean","message":"bad"}\nno end' >&2"#,
        ])
        #expect(outcome.status == 0)
        #expect(outcome.errors.hasPrefix("clean: warning: odd\nplain\n\n{"))
        #expect(try dagster.logs() == ["WARNING clean: warning: odd", "INFO plain", "ERROR clean: bad", "INFO no end"])
        #expect(try dagster.messages().map(\.method).first == "opened")
        #expect(try dagster.messages().map(\.method).last == "closed")
    }

    @Test func bytesThatAreNoTextAndLongLinesDoNotBreakTheMessages() throws {
        let outcome = try dagster.run([
            "--", "bash", "-c", #"printf '\377\000\001"\\\n' >&2; head -c 100000 /dev/zero | tr '\0' x >&2"#,
        ])
        #expect(outcome.status == 0)
        let logs = try dagster.logs()
        #expect(logs.first == "INFO \u{FFFD}?\u{1}\"\\")
        #expect(logs.count > 1 && logs.allSatisfy { $0.utf8.count < 40_000 })
    }

    @Test func aFloodOfLinesIsCutForDagsterOnly() throws {
        let outcome = try dagster.run(["--", "bash", "-c", "seq 1 6000 >&2"])
        #expect(outcome.errors.split(separator: "\n").count == 6000)
        #expect(try dagster.logs().count == 5001)
        #expect(try dagster.logs().last?.contains("more than 5000 lines") == true)
    }

    @Test func theCommandDoesNotSeeDagstersVariablesAndHasThePartitions() throws {
        let outcome = try dagster.run(
            [
                "--", "bash", "-c",
                #"env | grep -c '^DAGSTER_PIPES'; echo "$PIPES_PARTITION_FIRST $PIPES_PARTITION_LAST""#,
            ],
            extras: #"{"range":["2026-11-03","2026-11-05"]}"#)
        #expect(outcome.output == "0\n2026-11-03 2026-11-05\n")
    }

    @Test(arguments: [(3, "exit 3"), (75, "exit 75"), (137, "kill -KILL $$")] as [(Int32, String)])
    func theStatusIsTheCommandsAndTheFailureIsTold(status: Int32, script: String) throws {
        #expect(try dagster.run(["--", "bash", "-c", "echo so it is >&2; \(script)"], assets: ["a"]).status == status)
        let told = try dagster.failure()
        #expect(
            told.first == (status == 137 ? "bash | bash: ended by signal 9\n" : "bash | bash: exit status \(status)\n"))
        if status != 137 { #expect(told.last == "stderr | so it is\n") }
        #expect(try !dagster.messages().contains { $0.method == "report_asset_materialization" })
    }

    @Test func aCommandThatIsNotThereIsTold() throws {
        let outcome = try dagster.run(["--", "no-such-command"])
        #expect(outcome.status == 127)
        #expect(try dagster.failure() == ["pipes-run | no-such-command: No such file or directory\n"])
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalEndsTheWholeGroup(number: Int32) throws {
        let running = try dagster.start([
            "--", "bash", "-c", "sleep 300 & echo $! > sleeper; trap 'exit 0' INT TERM HUP; touch started; wait",
        ])
        #expect(appears("started"))
        running.signal(number)
        let outcome = try running.wait()
        #expect(outcome.status == 128 + number)
        #expect(goes(String(try dagster.folder.text("sleeper").dropLast())))
        #expect(
            try dagster.failure() == ["bash | bash: stopped by signal \(number), with its whole process group\n"])
    }

    @Test func whoIgnoresSignalsIsKilledAndAskingTwiceIsFaster() throws {
        let running = try dagster.start([
            "--", "bash", "-c", "trap '' INT TERM; touch started; while :; do sleep 0.1; done",
        ])
        #expect(appears("started"))
        for _ in 0..<3 {
            running.signal(SIGINT)
            usleep(300_000)
        }
        #expect(try running.wait().status == 128 + SIGINT)
        #expect(try dagster.messages().last?.method == "closed")
    }

    @Test func cancellationWorksWhereSignalsWereIgnoredAtTheStart() throws {
        let program = try Program.built("pipes-run").path
        let running = try dagster.start(["--", "true"])
        _ = try running.wait()
        // A shell starts background jobs with SIGINT ignored; Dagster cancels with just that signal.
        let context = try DagsterStandIn.parameter(#"{"path": "\#(dagster.folder.file("context"))"}"#)
        let messages = try DagsterStandIn.parameter(#"{"path": "\#(dagster.folder.file("messages"))"}"#)
        let script =
            "DAGSTER_PIPES_CONTEXT=\(context) DAGSTER_PIPES_MESSAGES=\(messages) \(program) -- "
            + "bash -c 'touch started; sleep 300' & echo $! > runner; wait $!; echo $?"
        let shell = try Program("/bin/bash").start(["-c", script], in: dagster.folder.path)
        #expect(appears("started"))
        let runner = pid_t(try dagster.folder.text("runner").dropLast()) ?? 0
        kill(runner, SIGINT)
        #expect(try shell.wait().output == "130\n")
    }

    @Test func aProcessLeftBehindDoesNotHoldUsUp() throws {
        let outcome = try dagster.run(["--", "bash", "-c", "sleep 300 & echo $!; exit 0"])
        #expect(outcome.status == 0)
        if let process = pid_t(outcome.output.dropLast()) { kill(process, SIGKILL) }
    }

    @Test func messagesOnStandardErrorStandBetweenTheCommandsLines() throws {
        let outcome = try dagster.run(
            ["--", "bash", "-c", "echo out; echo err >&2"], messages: #"{"stdio": "stderr"}"#)
        #expect(outcome.output == "out\n")
        #expect(outcome.errors.contains("\nerr\n"))
        #expect(outcome.errors.hasSuffix(#""method":"closed","params":{}}"# + "\n"))
    }

    @Test func messagesOnStandardOutputAreAloneThere() throws {
        let outcome = try dagster.run(["--", "bash", "-c", "echo out"], messages: #"{"stdio": "stdout"}"#)
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.hasPrefix(#"{"__dagster_pipes_version""#) })
        #expect(outcome.errors == "out\n")
    }

    @Test func wrongVariablesStopBeforeTheCommand() throws {
        let program = try Program.built("pipes-run").path
        let outcome = try Program("/usr/bin/env").run(
            ["DAGSTER_PIPES_CONTEXT=x", "DAGSTER_PIPES_MESSAGES=y", program, "--", "touch", "ran"],
            in: dagster.folder.path)
        #expect(outcome.status == ExitStatus.badConfiguration)
        #expect(outcome.errors == "pipes-run: DAGSTER_PIPES_MESSAGES: it is no base64\n")
        #expect(try FileSystem.status(dagster.folder.file("ran")) == nil)
    }

    @Test func messagesThatCannotBeWrittenAreAFailure() throws {
        let outcome = try dagster.run(["--", "true"], messages: #"{"path": "/dev/full"}"#)
        #expect(outcome.status == ExitStatus.localIO)
        #expect(outcome.errors.contains("/dev/full"))
    }
}
