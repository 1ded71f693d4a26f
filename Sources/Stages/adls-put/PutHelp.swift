/// The part of `--help` that shows and explains.
enum PutHelp {
    static let text = """
        EXAMPLES
          Deliver what was pulled; the printed lines have gained raw and delivered_at:
            drive-pull file:work/drive --output work/tmp/pull > pulled.ndjson
            adls-put --to file:work/lake --as raw --manifest pulled.ndjson > recorded.ndjson
          Publish what was processed; manifest.json comes last:
            adls-put --to file:work/lake --as processed --manifest done.ndjson
          Read the memory of the lake, or a file of it:
            adls-put --cat file:work/lake/_deliveries/
            adls-put --get file:work/lake/raw/orders/2018/01/31/Orders.0123456789abcdef.xlsx -o Orders.xlsx
          One run at a time:
            adls-put --lease file:work/lake/_state/run -- scripts/run-pipeline

        ADDRESSES
          file:ROOT/PATH, relative or absolute. A trailing slash means a folder that
          may not exist yet: it is then empty. With --as, the address is the lake; a
          path with fields may follow, as in
          file:work/lake/raw/{dataset}/{yyyy}/{name}. Fields: dataset, delivery,
          key, key8, yyyy, mm, dd (of the file's modification), name, stem, ext,
          sha256, n (number of the part, from 0).

        WHAT STANDS, STANDS
          The same content under the same name is success and changes nothing. For
          another content --if-exists says what happens: fail (the default), skip,
          replace. raw/ and the records are never replaced. The tag (etag) of a
          file: lake is the quoted first half of the content's SHA-256; --list reads the
          files for it.

        EXIT STATUS
          0 done, 64 usage, 65 bad manifest or content, 66 no such file, 74 local
          IO, 75 the lock is held, 77 not allowed; --lease: the command's own
          status, 128+n after a signal, 127 when there is no such command.
        """
}
