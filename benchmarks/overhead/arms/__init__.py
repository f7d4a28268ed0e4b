"""One module per way to record; each runs in the Python of its tool, so nothing here imports anything else of ours.

A module has `begin(folder, params)`, which starts a run and returns an object with `metric(name, value, step)`,
`task(number)` (one task with what it used and what it generated) and `end()`, and `recovered(folder)`, how many metric
values can be read from what is on disk. A tool that has no such notion leaves the function out.
"""
