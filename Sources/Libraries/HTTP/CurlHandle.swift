internal import CCurl

/// One easy handle of libcurl with the memory that must live as long as its transfer.
///
/// Options are set before the transfer starts and read after it ended; in between only libcurl touches it.
struct CurlHandle: ~Copyable {
    typealias Raw = UnsafeMutableRawPointer

    let raw: Raw
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    init() throws(HTTPError) {
        guard let made = curl_easy_init() else { throw .badRequest("libcurl gives no handle") }
        raw = made
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        curl_easy_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText)
    }

    deinit {
        curl_easy_cleanup(raw)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    mutating func set(_ option: CURLoption, _ value: Int) throws(HTTPError) {
        try check(curl_easy_set_long(raw, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: Bool) throws(HTTPError) { try set(option, value ? 1 : 0) }

    mutating func set(_ option: CURLoption, byteCount: Int) throws(HTTPError) {
        try check(curl_easy_set_size(raw, option, curl_off_t(byteCount)))
    }

    /// libcurl keeps a copy of the text. Nil takes the option back.
    mutating func set(_ option: CURLoption, _ value: String?) throws(HTTPError) {
        try check(curl_easy_set_text(raw, option, value))
    }

    /// Sends these lines as header fields, in place of any set before.
    mutating func set(headerLines: [String]) throws(HTTPError) {
        curl_slist_free_all(headerList)
        headerList = nil
        for line in headerLines {
            guard let longer = curl_slist_append(headerList, line) else { throw .badRequest("out of memory") }
            headerList = longer
        }
        try check(curl_easy_set_list(raw, CURLOPT_HTTPHEADER, headerList))
    }

    /// Names the object that the callbacks get.
    mutating func set(
        context: UnsafeMutableRawPointer, header: curl_write_callback, body: curl_write_callback
    ) throws(HTTPError) {
        try check(curl_easy_set_pointer(raw, CURLOPT_HEADERDATA, context))
        try check(curl_easy_set_pointer(raw, CURLOPT_WRITEDATA, context))
        try check(curl_easy_set_transfer(raw, CURLOPT_HEADERFUNCTION, header))
        try check(curl_easy_set_transfer(raw, CURLOPT_WRITEFUNCTION, body))
    }

    /// Names the object and the callbacks that give the body to send.
    mutating func set(
        uploadContext: UnsafeMutableRawPointer, read: curl_write_callback, seek: curl_seek_callback
    ) throws(HTTPError) {
        try check(curl_easy_set_pointer(raw, CURLOPT_READDATA, uploadContext))
        try check(curl_easy_set_pointer(raw, CURLOPT_SEEKDATA, uploadContext))
        try check(curl_easy_set_transfer(raw, CURLOPT_READFUNCTION, read))
        try check(curl_easy_set_seek(raw, seek))
    }

    /// What libcurl says about its last failure; empty when it says nothing.
    var errorMessage: String { String(cString: errorText) }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return curl_easy_get_long(raw, info, &value) == CURLE_OK ? value : 0
    }

    func size(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        return curl_easy_get_size(raw, info, &value) == CURLE_OK ? Int(value) : 0
    }

    private func check(_ code: CURLcode) throws(HTTPError) {
        guard code == CURLE_OK else { throw .badRequest("libcurl: \(String(cString: curl_easy_strerror(code)))") }
    }
}

/// A multi handle of libcurl: runs many transfers at once over one pool of connections.
///
/// Everything but `wakeUp` is for one thread.
struct CurlMulti: ~Copyable {
    private let raw: UnsafeMutableRawPointer

    init(connectionLimit: Int, hostConnectionLimit: Int) throws(HTTPError) {
        // Counted and safe from several threads since libcurl 7.84. Never undone: other clients may live on.
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let made = curl_multi_init() else {
            throw .badRequest("libcurl does not start")
        }
        raw = made
        curl_multi_set_long(raw, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        curl_multi_set_long(raw, CURLMOPT_MAXCONNECTS, max(1, connectionLimit))
        curl_multi_set_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, max(0, hostConnectionLimit))
    }

    deinit { curl_multi_cleanup(raw) }

    /// Starts a transfer; false when libcurl refuses.
    func add(_ handle: CurlHandle.Raw) -> Bool { curl_multi_add_handle(raw, handle) == CURLM_OK }

    func remove(_ handle: CurlHandle.Raw) { curl_multi_remove_handle(raw, handle) }

    /// Does what can be done without waiting; false when libcurl cannot go on at all.
    func perform() -> Bool {
        var runningCount: Int32 = 0
        return curl_multi_perform(raw, &runningCount) == CURLM_OK
    }

    /// Waits for something to do, a `wakeUp`, or the end of the time.
    func poll(milliseconds: Int32) { curl_multi_poll(raw, nil, 0, milliseconds, nil) }

    /// Ends a `poll`, from any thread.
    func wakeUp() { curl_multi_wakeup(raw) }

    /// A transfer that has ended, and how.
    func nextEnded() -> (handle: CurlHandle.Raw, code: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(raw, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            return (handle, message.pointee.data.result)
        }
        return nil
    }
}
