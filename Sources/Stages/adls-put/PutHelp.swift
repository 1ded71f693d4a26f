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
          The same with a lake in Azure, signed in as the machine:
            adls-put --list abfss://lake@account.dfs.core.windows.net/raw/ \\
                --auth managed-identity

          Take away a lake that was made for a trial:
            adls-put --delete abfss://lake@account.dfs.core.windows.net/trial/ --with-memory

        ADDRESSES
          file:ROOT/PATH, relative or absolute; or a container of Azure Data Lake
          Storage Gen2: abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PATH, plain
          text; https://ACCOUNT.dfs.core.windows.net/CONTAINER/PATH, percent-encoded,
          means the same. A trailing slash means a folder that may not exist yet: it
          is then empty. With --as, the address is the lake; a path with fields may
          follow, as in file:work/lake/raw/{dataset}/{yyyy}/{name}. Fields: dataset,
          delivery, key, key8, yyyy, mm, dd (of the file's modification), name, stem,
          ext, sha256, n (number of the part, from 0).

        WHAT STANDS, STANDS
          The same content under the same name is success and changes nothing. For
          another content --if-exists says what happens: fail (the default), skip,
          replace, which stores whatever stands. raw/ and the records are never
          replaced. The tag (etag) of a file: lake is the quoted first half of the
          content's SHA-256; --list reads the files for it. Azure has tags of its own.
          --delete removes a file or a folder, never a whole container, and raw/ and
          _deliveries/ only --with-memory.

        SIGNING IN TO AZURE
          --auth (or SLUICE_ADLS_AUTH) names a method; secrets come from the
          environment, or from the file that the variable with _FILE behind its name
          names:
            shared-key          AZURE_STORAGE_KEY
            sas                 AZURE_STORAGE_SAS_TOKEN, of an account, a container, a
                                folder, a file or a user; it needs sp=racwdl
            client-secret       AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET
            client-certificate  AZURE_TENANT_ID, AZURE_CLIENT_ID,
                                AZURE_CLIENT_CERTIFICATE_PATH (PEM or PKCS#12),
                                AZURE_CLIENT_CERTIFICATE_PASSWORD,
                                AZURE_CLIENT_SEND_CERTIFICATE_CHAIN
            workload-identity   AZURE_TENANT_ID, AZURE_CLIENT_ID,
                                AZURE_FEDERATED_TOKEN_FILE
            managed-identity    of the machine or the app service; AZURE_CLIENT_ID
                                chooses one of several
            azure-cli           az login; AZURE_TENANT_ID
          auto, the default, takes the first that is there, in this order: shared-key,
          sas, client-secret, client-certificate, workload-identity,
          managed-identity, azure-cli, and says which (the first two with -v, all in
          the report). AZURE_TOKEN_CREDENTIALS narrows it (prod, dev, or a name such
          as ManagedIdentityCredential).
          AZURE_AUTHORITY_HOST is the sign-in service of another cloud. A role such
          as Storage Blob Data Contributor is needed.
          --endpoint (or SLUICE_ADLS_ENDPOINT) takes the place of the account's
          addresses, as in http://127.0.0.1:10000/devstoreaccount1 of an emulator;
          plain http goes to this machine only. https_proxy, no_proxy, SSL_CERT_FILE
          and SSL_CERT_DIR are honoured.

        IN AZURE
          Files of up to --block-bytes are stored by one request; larger ones in
          blocks, under a name in _tmp/ that is renamed when all is there (or, in an
          account without hierarchical namespace, as a list of blocks). A killed
          upload goes on where it was; --delete-temp LAKE removes what nobody
          finishes, from _tmp/ of the address and of the folders above it.
          The content's SHA-256 and where the file came from stand in its metadata;
          the service checks every block by its CRC64. Of files above 256M the SHA-256
          is taken where a manifest names it, with --report, and with --content-sha256
          always; without it the CRC64 of the whole stands in its place (crc64), and
          over a fast line a file takes two thirds of the time. Other tools may want a
          stored MD5 (Content-MD5): files of up to 256M have it, larger ones with
          --content-md5 always, which slows them to 0.5 GB/s at most. A lock of a run
          that was killed is free after 30 seconds.

        EXIT STATUS
          0 done, 64 usage, 65 bad manifest or content, 66 no such file, 69 the
          lake is unreachable, 74 local IO, 75 the lock is held or the lake is busy,
          77 not allowed, 78 bad address, container or credentials' settings;
          --lease: the command's own status, 128+n after a signal, 127 when there
          is no such command.
        """
}
