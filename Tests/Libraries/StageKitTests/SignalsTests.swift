import StageKit
import Testing

@Suite struct SignalsTests {
    @Test func manyThreadsRegisterEachInASlotOfItsOwn() async {
        let slots = await withTaskGroup(of: [Int?].self) { group in
            for thread in 0..<8 {
                group.addTask {
                    var slots: [Int?] = []
                    for round in 0..<500 {
                        let slot = Signals.register("thread \(thread), round \(round)")
                        if round < 10 { slots.append(slot) } else { Signals.unregister(slot) }
                    }
                    return slots
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let taken = slots.compactMap { $0 }
        #expect(taken.count == 80)
        #expect(Set(taken).count == 80)
        for slot in slots { Signals.unregister(slot) }
    }
}
