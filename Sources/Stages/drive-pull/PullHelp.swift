/// The part of `--help` that shows and explains.
enum PullHelp {
    static let text = """
        EXAMPLES
          Everything in a folder, with the datasets that the contracts name:
            drive-pull file:work/drive --output work/tmp/pull \\
              --contracts compose/contracts > manifest.ndjson
          Only what the lake does not have yet, and what is gone:
            adls-put --cat file:work/lake/_deliveries/ |
              drive-pull file:work/drive --output work/tmp/pull \\
                --contracts compose/contracts --known - > manifest.ndjson
          What would be brought of one subfolder:
            drive-pull file:work/drive --output work/tmp/pull \\
              --include 'Sales/**' --dry-run

        WHAT IS DELIVERED
          Every file of the folder and its subfolders, whatever its kind: raw/ keeps
          all. Skipped, and told: hidden files, Excel's lock files (~$...),
          unfinished ones (.partial, .part, .crdownload), devices and pipes.
          Symbolic links are followed; what lies in the folder itself comes once,
          under its own path. A pattern compares without regard to case; * and ?
          stay inside one name, ** crosses folders; one without a / is compared with
          the file's name alone. A delivery is new if its content (SHA-256) is not
          that of the file's newest record. A file is deleted if its newest record
          came from this very folder and the folder, read completely, does not have
          it. A missing or empty folder deletes nothing (66) without --allow-empty.

        NAMES
          The tree is kept. Names that some systems refuse are made safe; names that
          differ only in case get a mark. Bytes of a name that are no UTF-8 become
          %XX.

        EXIT STATUS
          0 done, 64 usage, 65 bad records, 66 no folder or an empty one, 74 local
          IO, 75 a file kept changing, 77 a file or folder may not be read, 78 bad
          contracts or a file that two of them name. With 74, 75 and 77 of single
          files the others are brought and printed.
        """
}
