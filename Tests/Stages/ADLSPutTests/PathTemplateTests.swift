import Bytes
import StageKit
import Testing

@testable import adls_put

@Suite struct PathTemplateTests {
    private func fill(_ text: String, _ name: String) throws -> String {
        var values = PathTemplate.nameFields(of: name)
        values.merge(PathTemplate.dateFields(of: UTCTime(clampingMilliseconds: 1_517_401_800_123))) { $1 }
        values["dataset"] = "orders"
        values["delivery"] = "0123456789abcdef"
        return try PathTemplate(text).fill(values)
    }

    @Test(arguments: [
        ("Orders 2018.xlsx", "raw/orders/2018/01/31/Orders 2018.0123456789abcdef.xlsx"),
        ("no extension", "raw/orders/2018/01/31/no extension.0123456789abcdef"),
        ("../../up.xlsx", "raw/orders/2018/01/31/.._.._up.0123456789abcdef.xlsx"),
        ("a\nb\"c.xlsx", "raw/orders/2018/01/31/a_b_c.0123456789abcdef.xlsx"),
        (".xlsx", "raw/orders/2018/01/31/.xlsx.0123456789abcdef"),
    ])
    func rawPathsHoldDatasetDateNameAndDelivery(name: String, path: String) throws {
        #expect(try fill(PathTemplate.raw, name) == path)
    }

    @Test func aLongNameFitsWithDeliveryAndExtension() throws {
        let path = try fill(PathTemplate.raw, String(repeating: "ü", count: 300) + ".xlsx")
        let name = FileSystem.name(of: path)
        #expect(name.utf8.count <= 255)
        #expect(name.hasSuffix("ü.0123456789abcdef.xlsx"))
    }

    @Test(arguments: ["{", "a{dataset", "{nothing}", "{}", "{ dataset}"])
    func refusesWhatIsNoTemplate(text: String) {
        #expect(throws: StageFailure.self) { try PathTemplate(text) }
    }

    @Test func aFieldWithoutAValueIsTold() throws {
        let template = try PathTemplate("x/{key8}")
        #expect(throws: StageFailure.usage("x/{key8}: {key8} has no value here")) { try template.fill([:]) }
    }
}
