import Bytes
import DagsterPipes
import NDJSON
import TestSupport
import Testing

@Suite struct PipesParameterTests {
    /// As Dagster 1.13 sets it.
    static let sample = "eJyrVipILMlQslJQ0i/JLQBhk9Ly3FSTvFL95Py8ktSKEqVaAOEJDMU="

    @Test func whatDagsterSetsIsRead() throws {
        let object = try PipesParameter.decode(Self.sample, name: "V")
        #expect(object == ["path": .string("/tmp/tmp4uwme4nu/context")])
    }

    @Test func everyOtherByteIsNoticed() throws {
        let bytes = try #require(Base64.decode(Self.sample))
        for index in bytes.indices where index > 1 {
            var damaged = bytes
            damaged[index] ^= 0x10
            #expect(throws: PipesError.self, "byte \(index)") {
                try PipesParameter.decode(Base64.encode(damaged), name: "V")
            }
        }
    }

    @Test(arguments: ["", "e30=", "not base64", "eJw=", "H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA=="])
    func whatIsNoParameterIsSaidSo(text: String) {
        #expect {
            try PipesParameter.decode(text, name: "DAGSTER_PIPES_CONTEXT")
        } throws: { error in
            (error as? PipesError)?.message.hasPrefix("DAGSTER_PIPES_CONTEXT: it is no ") == true
        }
    }
}
