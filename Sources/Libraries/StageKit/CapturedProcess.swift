package import Bytes
internal import Glibc

/// How a child ended and what it wrote.
package struct CapturedOutcome {
    package enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// It took longer than it was given, and was killed.
        case overdue
    }

    package let ending: Ending
    package let output: [UInt8]
    /// The end of what it wrote to standard error, at most `CapturedProcess.errorLimit` bytes.
    package let errors: [UInt8]
}

/// Runs another program to its end: gives it its input and takes both its outputs at the same time, so that no full
/// pipe stops either side. The child leads a process group of its own and ends when a signal ends us.
package enum CapturedProcess {
    /// What is kept of a child's messages.
    package static let errorLimit = 64 << 10

    /// - Parameters:
    ///   - words: the program, looked for in `PATH` unless it is a path, and its arguments.
    ///   - outputLimit: more output than this, in bytes, ends the child and throws `IOError.corrupt`.
    ///   - limitSeconds: how long the child may take; nil is for ever.
    ///   - keepsErrors: whether its messages are kept; otherwise they go where ours go.
    ///   - environment: `NAME=value`; nil is ours.
    package static func run(
        _ words: [String], input text: [UInt8] = [], outputLimit: Int, limitSeconds: Int? = nil,
        keepsErrors: Bool = true, environment: [String]? = nil
    ) throws(IOError) -> CapturedOutcome {
        let program = words.first ?? ""
        let input = try Channel(program)
        let output = try Channel(program)
        let errors = keepsErrors ? try Channel(program) : nil
        var descriptors = [(ours: input.theirs.number, childs: Int32(0)), (ours: output.theirs.number, childs: 1)]
        switch errors {
        case .some(let channel): descriptors.append((ours: channel.theirs.number, childs: 2))
        case .none: break
        }
        let started = try Signals.startChild { () throws(IOError) in
            try ChildStart.start(
                words, group: .own, resetting: ChildStart.endingSignals, descriptors: descriptors,
                environment: environment)
        }
        defer { Signals.unregisterChild(started.slot) }
        var streams = CapturedStreams(
            input: input.keepOurs(), output: output.keepOurs(), errors: errors?.keepOurs(), program: program)
        var isOverdue = false
        do throws(IOError) {
            isOverdue = try !streams.run(input: text, outputLimit: outputLimit, limitSeconds: limitSeconds)
        } catch {
            kill(-started.child, SIGKILL)
            _ = waitForEnd(of: started.child)
            throw error
        }
        if isOverdue { kill(-started.child, SIGKILL) }
        let ending = waitForEnd(of: started.child)
        return CapturedOutcome(
            ending: isOverdue ? .overdue : ending, output: streams.outputBytes, errors: streams.errorBytes)
    }

    private static func waitForEnd(of child: Int32) -> CapturedOutcome.Ending {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }
}
