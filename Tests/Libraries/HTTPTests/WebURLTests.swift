import HTTP
import Testing

@Suite struct WebURLTests {
    @Test(arguments: [
        (
            "https://Account.dfs.core.windows.net/lake", "account.dfs.core.windows.net", nil as Int?, "/lake",
            nil as String?
        ),
        ("HTTPS://host", "host", nil, "/", nil),
        ("https://host:8443?x=1", "host", 8443, "/", "x=1"),
        (
            "http://127.0.0.1:10000/dev/a%20b/?comp=list&p=a%2Fb#part", "127.0.0.1", 10000, "/dev/a%20b/",
            "comp=list&p=a%2Fb"
        ),
        ("http://[::1]:80/", "[::1]", 80, "/", nil),
        ("https://h/a//b/../c;d=e:f@g?q=?/", "h", nil, "/a//b/../c;d=e:f@g", "q=?/"),
        ("https://h/?", "h", nil, "/", ""),
    ])
    func partsStayAsTheyWereGiven(text: String, host: String, port: Int?, path: String, query: String?) throws {
        let url = try WebURL(text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.path == path)
        #expect(url.query == query)
    }

    @Test(arguments: [
        "", "host/path", "ftp://host/", "file:///etc/passwd", "https://", "https:///path", "https://user@host/",
        "https://user:pass@host/", "https://host:0/", "https://host:65536/", "https://host:-1/", "https://host:8o/",
        "https://ho st/", "https://host/a b", "https://host/\u{7F}", "https://host/ü", "https://host/%",
        "https://host/%2",
        "https://host/?q=%GG", "https://host/a\r\nX: y", "https://host/<a>", "https://[::1", "https://[]/",
        "https://[::1]x/", "https://[g::1]/", "https://host\\evil/", "https://h\u{0}/", "javascript://h/",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        let error = failure { () throws(HTTPError) in _ = try WebURL(text) }
        guard case .badRequest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func addressesHaveALimit() {
        let text = "https://h/" + String(repeating: "a", count: WebURL.byteLimit)
        #expect(failure { () throws(HTTPError) in _ = try WebURL(text) } != nil)
    }

    @Test func segmentsAndQueryFieldsAreEncoded() throws {
        let url = try WebURL("https://h/base")
        #expect(url.appending(segments: ["a b", "c/d", "e?f#g", "Ü%"]).path == "/base/a%20b/c%2Fd/e%3Ff%23g/%C3%9C%25")
        #expect(url.appending(path: "/raw/dt=1//x+y.parquet").path == "/base/raw/dt%3D1/x%2By.parquet")
        #expect(try WebURL("https://h/base/").appending(segments: ["x"]).path == "/base/x")
        let query = url.adding(query: [("q", "'a b' in parents"), ("pageToken", "a+/=")]).adding(query: "empty", "")
        #expect(query.text == "https://h/base?q=%27a%20b%27%20in%20parents&pageToken=a%2B%2F%3D&empty=")
        #expect(query.adding(encodedQuery: "sig=a%2Bb").query?.hasSuffix("&empty=&sig=a%2Bb") == true)
        #expect(query.appending(segments: ["x"]).query == nil)
    }

    // RFC 3986 section 5.4, those that are web addresses. Fragments are dropped.
    @Test(arguments: [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
        ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q"),
        ("g#s", "http://a/b/c/g"), (";x", "http://a/b/c/;x"), ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
        ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
        ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
        ("g?y/../x", "http://a/b/c/g?y/../x"), ("https://other/x", "https://other/x"), ("HTTP://z", "http://z/"),
        ("/with space/ü", "http://a/with%20space/%C3%BC"),
    ])
    func referencesAreResolved(reference: String, whole: String) throws {
        #expect(try WebURL("http://a/b/c/d;p?q").resolving(reference).text == whole)
    }

    @Test func anotherHostMayBeNamedWithoutAScheme() throws {
        #expect(try WebURL("https://a/b").resolving("//g:1/x?y").text == "https://g:1/x?y")
    }

    @Test(arguments: ["mailto:x", "javascript:alert(1)", "//user@host/", "https://h:99999/"])
    func badReferencesAreRefused(reference: String) throws {
        let base = try WebURL("https://a/b")
        #expect(failure { () throws(HTTPError) in _ = try base.resolving(reference) } != nil)
    }

    @Test(arguments: [
        ("https://h/", "https://h:443/x", true), ("http://h/", "http://h:80", true), ("https://h/", "http://h/", false),
        ("https://h/", "https://h:8443/", false), ("https://h/", "https://H/", true),
        ("https://h/", "https://h2/", false),
    ])
    func originsAreSchemeHostAndPort(left: String, right: String, isSame: Bool) throws {
        #expect(try WebURL(left).hasSameOrigin(as: WebURL(right)) == isSame)
    }

    @Test(arguments: [
        ("http://localhost/", true, true), ("http://127.0.0.1/", true, true), ("http://127.8.9.10:1/", true, true),
        ("http://[::1]/", true, true), ("http://127.0.0.1.evil.com/", false, false),
        ("http://localhost.evil/", false, false),
        ("http://128.0.0.1/", false, false), ("http://127.1/", false, false), ("http://0.0.0.0/", false, false),
        ("http://169.254.169.254/x", false, true), ("http://metadata.google.internal/", false, true),
        ("http://169.254.evil.com/", false, false), ("http://169.253.169.254/", false, false),
    ])
    func thisMachineAndItsMetadataService(text: String, isLoopback: Bool, isMetadata: Bool) throws {
        let url = try WebURL(text)
        #expect(url.isLoopback == isLoopback)
        #expect(url.isMetadataService == isMetadata)
    }

    @Test func printingShowsNoValueOfTheQuery() throws {
        let url = try WebURL("https://h/p?sv=2026&sig=SECRET%3D&SECRET&x=")
        for text in ["\(url)", String(reflecting: url), String(describing: [url]), dumped(url)] {
            #expect(!text.contains("SECRET"))
        }
        #expect("\(url)" == "https://h/p?sv=…&sig=…&…&x=…")
    }
}

func dumped(_ value: Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
}
