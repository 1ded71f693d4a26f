# A wrong option: status 64.
clean --contract x.odcs.yaml --threads 99
