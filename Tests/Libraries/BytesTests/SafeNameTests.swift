import Bytes
import Testing

@Suite struct SafeNameTests {
    @Test(arguments: [
        ("Orders 2018.xlsx", "Orders 2018.xlsx"), ("São Paulo.xlsx", "São Paulo.xlsx"), ("a/b\\c:d", "a_b_c_d"),
        ("what? \"who\" <him>|*", "what_ _who_ _him___"), ("line\nfeed\t\u{7F}", "line_feed__"), ("", "_"), (".", "_"),
        ("..", "_"), (" . ", "_"), ("../../etc/passwd", ".._.._etc_passwd"), ("name. ", "name"), ("a.xlsx..", "a.xlsx"),
        ("CON", "_CON"), ("con.xlsx", "_con.xlsx"), ("COM1.txt", "_COM1.txt"), ("COM0", "COM0"), ("LPT9", "_LPT9"),
        ("console", "console"), (".hidden", ".hidden"),
    ])
    func makesNamesThatEverySystemAccepts(name: String, safe: String) {
        #expect(SafeName.make(name) == safe)
        #expect(SafeName.make(safe) == safe)
    }

    @Test func cutsLongNamesBetweenCharactersAndKeepsTheExtension() {
        let long = SafeName.make(String(repeating: "é", count: 200) + ".xlsx")
        #expect(long.utf8.count <= SafeName.byteLimit)
        #expect(long.utf8.count > SafeName.byteLimit - 2)
        #expect(long.hasSuffix("é.xlsx"))
    }

    @Test(arguments: [
        ("Orders 2018.xlsx", "Orders 2018", "xlsx"), ("a.tar.gz", "a.tar", "gz"), ("README", "README", ""),
        (".hidden", ".hidden", ""), ("v1. final", "v1. final", ""), ("a.", "a.", ""), ("x.XLSX", "x", "XLSX"),
        ("n.abcdefghijklmnopq", "n.abcdefghijklmnopq", ""), ("é.é", "é.é", ""),
    ])
    func splitsOffTheExtension(name: String, stem: String, fileExtension: String) {
        let parts = SafeName.split(name)
        #expect(parts.stem == stem)
        #expect(parts.fileExtension == fileExtension)
    }
}
