import Bytes
import Glibc
import StageKit
import TestSupport
import Testing

@Suite struct LeaseTests {
    let folder: TemporaryDirectory
    let program: Program

    init() throws {
        folder = try TemporaryDirectory()
        program = try Program.built("adls-put")
    }

    private func start(_ script: String) throws -> RunningProgram {
        try program.start(["--lease", "file:lake/_state/run", "--", "bash", "-c", script], in: folder.path)
    }

    private func isHeld() throws -> Bool {
        let outcome = try program.run(["--lease", "file:lake/_state/run", "--", "true"], in: folder.path)
        #expect([0, ExitStatus.tryAgain].contains(outcome.status), "\(outcome.errors)")
        return outcome.status == ExitStatus.tryAgain
    }

    /// Waits until a condition holds, for at most ten seconds.
    private func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<200 {
            if try condition() { return true }
            usleep(50_000)
        }
        return false
    }

    @Test(
        arguments: [
            ("exit 0", 0), ("exit 7", 7), ("exit 75", 75), ("kill -TERM $$", 143), ("kill -KILL $$", 137),
        ] as [(String, Int32)])
    func theCommandsStatusIsOurs(script: String, status: Int32) throws {
        #expect(try start(script).wait().status == status)
        #expect(try !isHeld())
    }

    @Test func outputInputAndArgumentsPassThrough() throws {
        let outcome = try program.run(
            ["--lease", "file:lake/run", "--", "bash", "-c", "cat; printf '%s|' \"$@\"", "x", "--to", "a b", "--"],
            in: folder.path, input: "in ")
        #expect(outcome.output == "in --to|a b|--|")
        #expect(outcome.status == 0)
    }

    @Test func aCommandThatIsNotThereIs127() throws {
        let outcome = try program.run(["--lease", "file:lake/run", "--", "no-such-command"], in: folder.path)
        #expect(outcome.status == 127)
        #expect(outcome.errors == "adls-put: no-such-command: No such file or directory\n")
    }

    @Test func whoComesSecondGets75AndHearsWhoHoldsIt() throws {
        let first = try start("touch started; sleep 60")
        #expect(eventually { (try? FileSystem.status(folder.file("started"))) ?? nil != nil })
        let second = try program.run(["--lease", "file:lake/_state/run", "--", "touch", "ran"], in: folder.path)
        #expect(second.status == ExitStatus.tryAgain)
        #expect(second.errors.hasPrefix("adls-put: file:lake/_state/run: held by process \(first.process) since 2"))
        #expect(try FileSystem.status(folder.file("ran")) == nil)
        first.signal(SIGTERM)
        #expect(try first.wait().status == 128 + SIGTERM)
        #expect(try !isHeld())
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalGoesToTheWholeGroupOfTheCommand(number: Int32) throws {
        let name = [SIGINT: "INT", SIGTERM: "TERM", SIGHUP: "HUP"][number] ?? ""
        let running = try start(
            "trap 'echo parent; exit 5' \(name); bash -c \"trap 'echo child; exit' \(name); touch started; "
                + "while :; do sleep 0.05; done\"; exit 9")
        #expect(eventually { (try? FileSystem.status(folder.file("started"))) ?? nil != nil })
        running.signal(number)
        let outcome = try running.wait()
        #expect(outcome.status == 5, "\(outcome.errors)")
        #expect(outcome.output.contains("parent") && outcome.output.contains("child"))
    }

    @Test func whenWeAreKilledTheCommandsGroupEndsAndThenTheLockIsFree() throws {
        let running = try start("sleep 61.25 & touch started; wait; touch went-on")
        #expect(eventually { (try? FileSystem.status(folder.file("started"))) ?? nil != nil })
        #expect(try isHeld())
        running.signal(SIGKILL)
        #expect(try running.wait().status == 128 + SIGKILL)
        #expect(try eventually { try !isHeld() })
        #expect(try FileSystem.status(folder.file("went-on")) == nil)
    }

    @Test func aLeftOverProcessDoesNotKeepTheLock() throws {
        let outcome = try start("setsid sleep 30 >/dev/null 2>&1 & echo $!").wait()
        #expect(outcome.status == 0)
        #expect(try !isHeld())
        if let process = pid_t(outcome.output.dropLast()) { kill(process, SIGKILL) }
    }

    @Test func ofManyAtOnceOneRunsAtATime() throws {
        let script = "mkdir inside || touch overlap; sleep 0.1; rmdir inside; echo ran >> runs"
        let running = try (0..<6).map { _ in try start(script) }
        let statuses = try running.map { try $0.wait().status }
        #expect(statuses.contains(0))
        #expect(statuses.allSatisfy { $0 == 0 || $0 == ExitStatus.tryAgain })
        #expect(try folder.text("runs").split(separator: "\n").count == statuses.count { $0 == 0 })
        #expect(try FileSystem.status(folder.file("overlap")) == nil)
    }
}
