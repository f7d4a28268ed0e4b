"""The front page: what this endpoint is and where to go."""

from __future__ import annotations

from html import escape
from string import Template
from typing import Final

_PAGE: Final = Template("""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>$name: provkg</title></head>
<body>
<h1>$name</h1>
<p>A provenance knowledge graph: where models and predictions came from.</p>
<ul>
<li><code>/sparql</code>: SPARQL 1.1 queries by GET or POST, for example
<a href="/sparql?query=$example">the kinds of things in the graph</a>.</li>
<li><a href="/api/questions">/api/questions</a>: the saved questions; ask one at
<code>/api/questions/{theme}/{name}?param=…</code>.</li>
<li><a href="/.well-known/sparql-examples">/.well-known/sparql-examples</a>: the same questions as RDF, each with its
text and parameters.</li>
<li><a href="/curves">/curves</a>: the series of the last runs, drawn.</li>
<li><a href="/docs/">/docs/</a>: what terms, shapes and rules mean, this graph's own among them.</li>
</ul>
<p>Every answer says in the header <code>Provkg-Ledger-Size</code> how many records it stands for.</p>
</body>
</html>
""")
_EXAMPLE: Final = (
    "SELECT%20%3Fkind%20(COUNT(*)%20AS%20%3Fthings)%20%7B%20%3Fthing%20a%20%3Fkind%20%7D%20GROUP%20BY%20%3Fkind"
)


def front_page(name: str) -> str:
    """Return the page of the graph called `name`."""
    return _PAGE.substitute(name=escape(name), example=_EXAMPLE)
