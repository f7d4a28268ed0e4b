"""Graphs of a thousand to a hundred thousand runs, every saved question asked of them, and other engines beside it."""
