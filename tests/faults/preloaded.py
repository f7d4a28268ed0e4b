"""What every actor imports, imported once in the process that they are forked from; nothing here opens a graph."""

import pyoxigraph
import shifty

import provkg.capture
import provkg.graph
import provkg.graph.verifying
import provkg.reading
import tests.faults.actors

LOADED = (pyoxigraph, shifty, provkg.capture, provkg.graph, provkg.reading, tests.faults.actors)
