import Bytes
import HTTP
import Testing

@Suite struct WorkerThreadsTests {
    struct Refused: Error, Equatable { let item: Int }

    @Test(arguments: [1, 3, 1000])
    func everyItemIsWorkedOnOnce(atOnce: Int) {
        let seen = Guarded<[Int]>([])
        WorkerThreads.forEach(Array(0..<500), atOnce: atOnce) { item in seen.withLock { $0.append(item) } }
        #expect(seen.withLock { $0.sorted() } == Array(0..<500))
        if atOnce == 1 { #expect(seen.withLock { $0 } == Array(0..<500)) }
    }

    @Test func noMoreThanAskedForRunAtOnce() {
        let running = Guarded((now: 0, most: 0))
        WorkerThreads.forEach(Array(0..<50), atOnce: 4) { _ in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            usleepBriefly()
            running.withLock { $0.now -= 1 }
        }
        #expect((2...4).contains(running.withLock { $0.most }))
    }

    @Test func theFailureOfTheEarliestItemIsThrownAndNothingIsBegunAfterIt() {
        let begun = Guarded(0)
        let error: Refused?
        do throws(Refused) {
            try WorkerThreads.forEach(Array(0..<1000), atOnce: 4) { (item) throws(Refused) in
                begun.withLock { $0 += 1 }
                usleepBriefly()
                if item >= 10 { throw Refused(item: item) }
            }
            error = nil
        } catch let thrown {
            error = thrown
        }
        #expect(error == Refused(item: 10))
        #expect(begun.withLock { $0 } < 20)
    }

    @Test func nothingToDoIsDone() {
        WorkerThreads.forEach([Int](), atOnce: 4) { _ in Issue.record("called") }
    }
}
