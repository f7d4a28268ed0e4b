"""Renderers of the files that repeat the ontology; a test compares each file with what its renderer makes."""
