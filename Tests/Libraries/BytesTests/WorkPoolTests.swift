import Bytes
import Testing

@Suite struct WorkPoolTests {
    /// Tasks write to places of their own.
    private final class Notes: @unchecked Sendable {
        var order: [[Int]]
        init(lanes: Int) { order = Array(repeating: [], count: lanes) }
    }

    @Test(arguments: [1, 2, 3, 8, 1000]) func lanesKeepTheirOrder(threads: Int) {
        let pool = WorkPool(threadCount: threads)
        #expect(pool.threadCount == min(threads, WorkPool.threadLimit))
        let notes = (0..<5).map { _ in Notes(lanes: 1) }
        let lanes = (0..<5).map { _ in WorkPool.Lane() }
        for number in 0..<1000 {
            let note = notes[number % 5]
            pool.submit(to: lanes[number % 5]) { _ in note.order[0].append(number) }
        }
        pool.drain()
        for lane in 0..<5 { #expect(notes[lane].order[0] == Array(stride(from: lane, to: 1000, by: 5))) }
    }

    @Test(arguments: [1, 4]) func waitingForATaskRunsItAndWhatStandsBefore(threads: Int) {
        let pool = WorkPool(threadCount: threads)
        let notes = Notes(lanes: 1)
        let lane = WorkPool.Lane()
        pool.submit(to: lane) { _ in notes.order[0].append(1) }
        let second = pool.submit(to: lane) { _ in notes.order[0].append(2) }
        pool.wait(for: second)
        #expect(pool.isDone(second))
        #expect(notes.order[0] == [1, 2])
    }

    @Test(arguments: [1, 3]) func tasksLearnWhichThreadRunsThem(threads: Int) {
        let pool = WorkPool(threadCount: threads)
        let notes = Notes(lanes: threads)
        for number in 0..<300 {
            pool.submit(to: WorkPool.Lane()) { thread in notes.order[thread].append(number) }
        }
        pool.drain()
        #expect(notes.order.flatMap { $0 }.sorted() == Array(0..<300))
    }

    @Test func theCallerHelpsUntilLittleWaits() {
        let pool = WorkPool(threadCount: 1)
        let notes = Notes(lanes: 1)
        for number in 0..<10 {
            pool.submit(to: WorkPool.Lane(), cost: 5) { _ in notes.order[0].append(number) }
        }
        pool.limitWaiting(to: 20)
        #expect(notes.order[0] == [0, 1, 2, 3, 4, 5])
        pool.limitWaiting(to: 20)
        #expect(notes.order[0].count == 6)
    }

    @Test func aPoolThatGoesFinishesWhatWasGiven() {
        let notes = Notes(lanes: 1)
        do {
            let pool = WorkPool(threadCount: 2)
            let lane = WorkPool.Lane()
            for number in 0..<50 { pool.submit(to: lane) { _ in notes.order[0].append(number) } }
        }
        #expect(notes.order[0].count == 50)
    }
}
