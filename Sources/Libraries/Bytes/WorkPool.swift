internal import Glibc

/// Threads that share one list of tasks, and a caller who helps them instead of waiting.
///
/// Tasks of one lane run one after the other, in the order in which they were given; lanes run beside each other. So
/// what a lane produces does not depend on how many threads there are. With one thread everything runs in the
/// caller's, when the caller helps.
package final class WorkPool: @unchecked Sendable {
    package static let threadLimit = 64

    /// Tasks that must not overtake each other.
    package final class Lane {
        // Guarded by the pool's mutex.
        fileprivate var tasks: [Task] = []
        fileprivate var isScheduled = false

        package init() {}
    }

    /// One piece of work. It is told which of the pool's threads runs it: 0 is the caller's.
    package final class Task {
        fileprivate let cost: Int
        fileprivate var body: ((Int) -> Void)?
        // Guarded by the pool's mutex.
        fileprivate var isDone = false

        fileprivate init(cost: Int, body: @escaping (Int) -> Void) {
            self.cost = cost
            self.body = body
        }
    }

    /// Threads that work, the caller's included.
    package let threadCount: Int
    private let state = State()
    private var threads: [ThreadHandle] = []

    /// `threadCount` is clamped to 1...64. Where the system gives fewer threads, those there are do the work.
    package init(threadCount: Int) {
        self.threadCount = min(max(1, threadCount), Self.threadLimit)
        for number in 1..<max(1, self.threadCount) {
            let state = state
            guard let thread = try? SystemThread({ state.work(thread: number) }) else { break }
            threads.append(ThreadHandle(thread))
        }
    }

    deinit {
        state.stop()
        for thread in threads { thread.join() }
    }

    /// Gives a task to a lane. `cost` counts towards `limitWaiting`, in any unit.
    @discardableResult
    package func submit(to lane: Lane, cost: Int = 0, _ body: @escaping (_ thread: Int) -> Void) -> Task {
        let task = Task(cost: cost, body: body)
        state.submit(task, to: lane)
        return task
    }

    /// Returns when the task has run. The caller's thread runs others meanwhile.
    package func wait(for task: Task) { state.help { task.isDone } }

    /// True when the task has run.
    package func isDone(_ task: Task) -> Bool { state.locked { task.isDone } }

    /// Returns when the tasks that have not run cost no more than `limit` together.
    package func limitWaiting(to limit: Int) { state.help { self.state.waitingCost <= limit } }

    /// Returns when all tasks have run.
    package func drain() { state.help { self.state.waitingCount == 0 } }

    /// What the threads share, so that they do not keep the pool itself alive.
    private final class State: @unchecked Sendable {
        private let monitor = Monitor()
        private var ready: [Lane] = []
        fileprivate var waitingCount = 0
        fileprivate var waitingCost = 0
        private var isStopping = false

        func locked<Value>(_ body: () -> Value) -> Value { monitor.hold(body) }

        func stop() {
            locked {
                isStopping = true
                monitor.wakeAll()
            }
        }

        func submit(_ task: Task, to lane: Lane) {
            locked {
                lane.tasks.append(task)
                waitingCount += 1
                waitingCost += task.cost
                if lane.isScheduled { return }
                lane.isScheduled = true
                ready.append(lane)
                monitor.wakeOne()
            }
        }

        /// Runs tasks, or waits for others to, until `condition`, which is asked with the monitor held.
        func help(until condition: () -> Bool) {
            locked {
                while !condition() {
                    if ready.isEmpty {
                        monitor.wait()
                    } else {
                        runNext(thread: 0)
                    }
                }
            }
        }

        func work(thread: Int) {
            locked {
                while true {
                    if !ready.isEmpty {
                        runNext(thread: thread)
                    } else if isStopping {
                        return
                    } else {
                        monitor.wait()
                    }
                }
            }
        }

        /// Runs the oldest task of the lane that has waited longest. The monitor is held at entry and exit.
        private func runNext(thread: Int) {
            let lane = ready.removeFirst()
            let task = lane.tasks.removeFirst()
            monitor.release {
                task.body?(thread)
                task.body = nil
            }
            task.isDone = true
            waitingCount -= 1
            waitingCost -= task.cost
            if lane.tasks.isEmpty {
                lane.isScheduled = false
            } else {
                ready.append(lane)
            }
            // The caller may wait for this very task, and so may others for the lane.
            monitor.wakeAll()
        }
    }

    /// Arrays cannot hold what has one owner.
    private final class ThreadHandle {
        private var thread: SystemThread?

        init(_ thread: consuming SystemThread) { self.thread = consume thread }

        func join() { thread.take()?.join() }
    }
}
