"""Foreign formats: one module per format, each with `read` (bytes to records) and `write` (triples to bytes).

A module here parses with pyoxigraph or the standard library, fetches nothing, and refuses a bad file whole.
"""
