"""Tables that are watched: what each operation on them changed, and where every cell came from."""
