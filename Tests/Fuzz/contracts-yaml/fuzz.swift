/// libFuzzer's entry: hands the bytes to the target in Tests/Libraries/ContractsTests/ContractsFuzzTargets.swift.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    fuzzYAML(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
