import Bytes
import Testing

@Suite struct WorkPoolTests {
    /// Written by the tasks of one lane, or of one thread, which run one after the other.
    private final class Notes: @unchecked Sendable {
        var order: [Int] = []
    }

    @Test(arguments: [1, 2, 3, 8, 1000]) func lanesKeepTheirOrder(threads: Int) {
        let pool = WorkPool(threadCount: threads)
        #expect(pool.threadCount == min(threads, WorkPool.threadLimit))
        let notes = (0..<5).map { _ in Notes() }
        let lanes = (0..<5).map { _ in WorkPool.Lane() }
        for number in 0..<1000 {
            let note = notes[number % 5]
            pool.submit(to: lanes[number % 5]) { _ in note.order.append(number) }
        }
        pool.drain()
        for lane in 0..<5 { #expect(notes[lane].order == Array(stride(from: lane, to: 1000, by: 5))) }
    }

    @Test(arguments: [1, 4]) func waitingForATaskRunsItAndWhatStandsBefore(threads: Int) {
        let pool = WorkPool(threadCount: threads)
        let notes = Notes()
        let lane = WorkPool.Lane()
        pool.submit(to: lane) { _ in notes.order.append(1) }
        let second = pool.submit(to: lane) { _ in notes.order.append(2) }
        pool.wait(for: second)
        #expect(pool.isDone(second))
        #expect(notes.order == [1, 2])
    }

    @Test(arguments: [1, 3]) func tasksLearnWhichThreadRunsThem(threads: Int) {
        let pool = WorkPool(threadCount: threads)
        let notes = (0..<threads).map { _ in Notes() }
        for number in 0..<300 {
            pool.submit(to: WorkPool.Lane()) { thread in notes[thread].order.append(number) }
        }
        pool.drain()
        #expect(notes.flatMap(\.order).sorted() == Array(0..<300))
    }

    @Test func theCallerHelpsUntilLittleWaits() {
        let pool = WorkPool(threadCount: 1)
        let notes = Notes()
        for number in 0..<10 {
            pool.submit(to: WorkPool.Lane(), cost: 5) { _ in notes.order.append(number) }
        }
        pool.limitWaiting(to: 20)
        #expect(notes.order == [0, 1, 2, 3, 4, 5])
        pool.limitWaiting(to: 20)
        #expect(notes.order.count == 6)
    }

    @Test func aPoolThatGoesFinishesWhatWasGiven() {
        let notes = Notes()
        do {
            let pool = WorkPool(threadCount: 2)
            let lane = WorkPool.Lane()
            for number in 0..<50 { pool.submit(to: lane) { _ in notes.order.append(number) } }
        }
        #expect(notes.order.count == 50)
    }
}
