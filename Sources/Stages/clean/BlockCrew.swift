internal import Bytes
internal import Contracts
internal import StageKit

/// The threads that clean one input. Each takes the next block, cleans it by itself, waits for the block's turn, and
/// then writes it: so reading and writing are in the order of the input, and the output is the same for any number of
/// threads.
///
///     thread 1:  read 1 | clean 1       | write 1 | read 3 | clean 3   | write 3
///     thread 2:           read 2 | clean 2        | write 2 | read 4 | clean 4   | ...
///
/// The memory in use is one block and its rows for each thread.
final class BlockCrew: @unchecked Sendable {
    // Everything below is touched by one thread at a time: the reader under `reading`, the others in their turn.
    private var reader: BlockReader
    private(set) var sequence: RowSequence
    private(set) var outputs: CleanOutputs
    private var nextTicket = 0
    private var isAtEnd = false
    private var failure: StageFailure?
    private let reading = Monitor()
    private let turns = Turns()
    private let blockByteCount: Int

    init(
        _ reader: consuming BlockReader, _ sequence: consuming RowSequence, _ outputs: consuming CleanOutputs,
        blockByteCount: Int
    ) {
        self.blockByteCount = blockByteCount
        self.reader = reader
        self.sequence = sequence
        self.outputs = outputs
    }

    /// Cleans the whole input with so many threads, this one included. `makeCleaner` is called on each of them.
    func run(threads: Int, _ makeCleaner: @escaping @Sendable () throws(StageFailure) -> RowCleaner)
        throws(StageFailure)
    {
        // Where the system has no more threads, those that there are do the work.
        let others = (1..<max(1, threads)).compactMap { _ in try? Member { self.work(makeCleaner) } }
        work(makeCleaner)
        for other in others { other.join() }
        if let failure { throw failure }
    }

    /// A thread in an array.
    private final class Member {
        private var thread: SystemThread?
        init(_ body: @escaping @Sendable () -> Void) throws(IOError) { thread = try SystemThread(body) }
        func join() { thread.take()?.join() }
    }

    /// Decides what had to wait for the end of the input.
    func finish() throws(StageFailure) { try sequence.finish(&outputs) }

    /// Completes the outputs and makes them appear.
    func publish(withholdingRows isWithheld: Bool, _ report: RunReport) throws(StageFailure) {
        try outputs.publish(withholdingRows: isWithheld, report)
    }

    /// Cleans the whole input on this thread.
    func runAlone(_ cleaner: consuming RowCleaner) throws(StageFailure) {
        var cleaner = cleaner
        work(&cleaner)
        if let failure { throw failure }
    }

    private func work(_ makeCleaner: () throws(StageFailure) -> RowCleaner) {
        do throws(StageFailure) {
            var cleaner = try makeCleaner()
            work(&cleaner)
        } catch {
            // Only the making of a cleaner fails here, which the run has tried before.
            turns.stop()
            reading.hold { if failure == nil { failure = error } }
        }
    }

    private func work(_ cleaner: inout RowCleaner) {
        let block = LineBlock(capacity: blockByteCount)
        var cleaned = CleanedBlock()
        while let (ticket, problem) = take(block) {
            if problem == nil {
                cleaned.removeAll()
                cleaner.clean(block, into: &cleaned)
            }
            guard turns.wait(for: ticket) else { return }
            do throws(StageFailure) {
                if let problem { throw problem }
                try sequence.take(block, cleaned, &outputs)
                turns.pass()
            } catch {
                failure = error
                turns.stop()
            }
        }
    }

    /// Reads the next block and says its place in the input, or nil at the end. What goes wrong counts at its place too.
    private func take(_ block: LineBlock) -> (ticket: Int, problem: StageFailure?)? {
        reading.hold {
            if isAtEnd { return nil }
            do throws(IOError) {
                guard try reader.next(block) else {
                    isAtEnd = true
                    return nil
                }
            } catch {
                isAtEnd = true
                nextTicket += 1
                return (nextTicket - 1, .input(error))
            }
            nextTicket += 1
            return (nextTicket - 1, nil)
        }
    }
}

/// Lets threads through in the order of their numbers.
private final class Turns: @unchecked Sendable {
    private let monitor = Monitor()
    private var turn = 0
    private var isStopped = false

    /// Waits until all numbers before `number` have passed. False when nobody may go on.
    func wait(for number: Int) -> Bool {
        monitor.hold {
            while turn != number, !isStopped { monitor.wait() }
            return !isStopped
        }
    }

    func pass() { change { turn += 1 } }
    func stop() { change { isStopped = true } }

    private func change(_ body: () -> Void) {
        monitor.hold {
            body()
            monitor.wakeAll()
        }
    }
}
