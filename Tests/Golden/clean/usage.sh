# No contract: status 64.
clean in.ndjson
