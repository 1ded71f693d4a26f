"""Google Drive v3 as a client sees it, with the token endpoints that lead to it. Facts: README.md."""
