/// The part of `--help` that shows and explains.
enum PullHelp {
    static let text = """
        EXAMPLES
          Everything in a Google Drive folder, with the datasets that the contracts
          name; the address is the one in the browser, or the id alone:
            drive-pull https://drive.google.com/drive/folders/FOLDER \\
              --output work/tmp/pull --contracts compose/contracts > manifest.ndjson
          Only what the lake does not have yet, and what is gone; the next run asks
          Drive for changes only:
            adls-put --cat file:work/lake/_deliveries/ |
              drive-pull FOLDER --output work/tmp/pull --known - \\
                --state work/drive-state.ndjson > manifest.ndjson
          The same of a folder of this machine:
            drive-pull file:work/drive --output work/tmp/pull > manifest.ndjson
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

        A FOLDER THAT WAS MOVED
          Records name the folder by its whole path, or its id. After a move, name
          the old one with every pull, as long as files are known that came from
          there; until then a warning tells how many. A file of this machine is
          known by its path below the folder: the same path in the new folder is the
          same file.
            drive-pull file:/new --moved-from file:/old --known - ...

        GOOGLE DRIVE
          FOLDER is an id, an address, drive:ID, or root (My Drive). Shared drives
          are folders too. Shortcuts are followed as links are. Google Sheets come
          as workbooks (.xlsx), others of Google's documents do not. New is a
          revision that the newest record does not have; of a Sheet, a version, once
          it has been left alone for --quiet-period. Renaming and moving are no
          deliveries. Downloads are verified, and go on where they were broken off.
          --state saves requests and nothing else; losing it loses nothing.
          Credentials: --credentials, else GOOGLE_APPLICATION_CREDENTIALS, else those
          of gcloud, else the machine's. Any form: workload identity federation, key
          file, user, impersonation. They need the scope drive.readonly.
          --impersonate takes a user (domain-wide delegation, with a key) or a
          service account (roles/iam.serviceAccountTokenCreator).

        NAMES
          The tree is kept. Names that some systems refuse are made safe; names that
          differ only in case get a mark. Bytes of a name that are no UTF-8 become
          %XX.

        ENVIRONMENT
          HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR; GOOGLE_CLOUD_QUOTA_PROJECT
          (who is charged); GCE_METADATA_HOST, NO_GCE_CHECK; SLUICE_DRIVE_API,
          SLUICE_IAM_API (other addresses in place of Google's, for tests).

        EXIT STATUS
          0 done, 64 usage, 65 bad records, 66 no folder or an empty one, 69 Google
          cannot be reached, 74 local IO, 75 a file kept changing, or Google says
          later, 77 a file or folder may not be read, or no credentials, 78 bad
          contracts or credential files, or a file that two contracts name. With 74,
          75 and 77 of single files the others are brought and printed.
        """
}
