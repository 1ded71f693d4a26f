import Bytes
import Testing

@testable import StageKit

struct CapturedProcessTests {
    private func shell(_ script: String, input: [UInt8] = [], limit: Int = 64 << 20) throws -> CapturedOutcome {
        try CapturedProcess.run(["/bin/sh", "-c", script], input: input, outputLimit: limit)
    }

    @Test func inputAndBothOutputsFlowAtTheSameTime() throws {
        // More than a pipe holds, in every direction: whoever waited for one stream alone would wait for ever.
        let input = [UInt8](repeating: 0x61, count: 3 << 20)
        let outcome = try shell("head -c 3000000 /dev/zero >&2; cat", input: input)
        #expect(outcome.ending == .exited(0))
        #expect(outcome.output == input)
        #expect(outcome.errors == [UInt8](repeating: 0, count: CapturedProcess.errorLimit))
    }

    @Test(arguments: [
        ("exit 3", CapturedOutcome.Ending.exited(3)), ("kill -9 $$", .signalled(9)), ("kill -13 $$", .signalled(13)),
    ])
    func saysHowTheChildEnded(script: String, ending: CapturedOutcome.Ending) throws {
        #expect(try shell(script).ending == ending)
    }

    @Test func aChildThatDoesNotReadItsInputIsNoFailureOfOurs() throws {
        let outcome = try shell("exec <&-; echo done", input: [UInt8](repeating: 0x61, count: 1 << 20))
        #expect(outcome.ending == .exited(0))
        #expect(outcome.output == Array("done\n".utf8))
    }

    @Test func endlessOutputEndsAtItsLimit() throws {
        #expect(
            throws: IOError.corrupt(path: "/bin/sh", reason: "its output is larger than the limit of 1000000 bytes")
        ) {
            try shell("exec cat /dev/zero", limit: 1_000_000)
        }
    }

    @Test func aChildThatTakesTooLongIsKilledWithAllItStarted() throws {
        // The grandchild holds the output open: were it not killed too, nobody could say when the output ends.
        let outcome = try CapturedProcess.run(
            ["/bin/sh", "-c", "echo begun; sleep 600 & sleep 600"], outputLimit: 100, limitSeconds: 1)
        #expect(outcome.ending == .overdue)
        #expect(outcome.output == Array("begun\n".utf8))
    }

    @Test func aChildHasTheEnvironmentItIsGiven() throws {
        let outcome = try CapturedProcess.run(
            ["/bin/sh", "-c", "echo $GIVEN$HOME"], outputLimit: 100, environment: ["GIVEN=yes"])
        #expect(outcome.output == Array("yes\n".utf8))
    }

    @Test func aProgramThatCannotBeStartedIsNamed() throws {
        #expect(throws: IOError.system(call: "start", path: "/nowhere/duckdb", code: 2)) {
            try CapturedProcess.run(["/nowhere/duckdb"], outputLimit: 10)
        }
    }
}
