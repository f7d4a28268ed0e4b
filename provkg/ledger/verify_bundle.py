#!/usr/bin/env python3
# ruff: noqa: T201 - a program that prints
"""Verify what `provkg prove` or `archive` wrote: python3 verify_bundle.py BUNDLE [--since CHECKPOINT] [--key VKEY].

One file, to be read in one sitting and run without provkg: Python 3.11 and the package `cryptography` are enough.
What is checked, from the inside out:

1. Each statement with its salt gives its commitment: HMAC-SHA256(salt, line).
2. The commitments of a record give the Merkle root that its leaf names, the leaf its number of statements.
3. The leaf lies at its position in the log: an RFC 6962 audit path leads from it to the root of the checkpoint.
4. A statement without text has its commitment only, and a record in the bundle says why: an act of the log that came
   later and names it, or its own leaf, where it was kept out as soon as it came.
5. The checkpoint, a C2SP signed note, carries an Ed25519 signature of a key that the bundle names.
6. The checkpoint continues the bundle's earlier one by an RFC 6962 consistency proof; with --since, the one you kept.
7. With --witness, the checkpoint carries a C2SP cosignature of that witness: it saw no other history of the log.

A bundle brings its keys along: compare them with what the owner of the log published, or name the key with --key. A
bundle cannot show that no other record describes the same thing; it shows that these were logged, and are unchanged.

Verdicts: verified, or verified with N redactions (exit code 0); TAMPERED, FORK or INCOMPLETE (1); a file that cannot be
read as a bundle (3).
"""

import argparse
import base64
import hmac
import json
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "provkg proof bundle 1"
WITH_ANSWER = "provkg proof bundle 2"
Key = tuple[str, bytes, Ed25519PublicKey]
State = tuple[str, int, bytes]
Judgement = tuple[str | None, str, dict[str, Any] | None]


class Unsound(Exception):  # not of provkg's errors: this file stands alone
    """The verdict is not `verified`; the text says why."""

    def __init__(self, verdict: str, why: str) -> None:
        super().__init__(why)
        self.verdict = verdict


def verify(
    content: bytes, since: bytes | None = None, trusted: Sequence[str] = (), witnesses: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the bundle in `content`, verified; raises `Unsound`, or `ValueError` where it is no bundle at all."""
    bundle = read(content)
    keys = [public_key(text) for text in bundle["keys"]]
    if trusted and not set(bundle["keys"]) <= set(trusted):
        raise Unsound("TAMPERED", "it is signed with other keys than those that you trust")
    origin, size, root = checkpoint(bundle["checkpoint"], keys, "its checkpoint")
    for record in bundle["records"]:
        check_record(record, bundle, size, root)
    check_answer(bundle)
    check_earlier(bundle, keys, (origin, size, root))
    for witness in witnesses:
        check_witness(bundle["checkpoint"], witness)
    if since is not None:
        # It may be newer than the bundle, and signed with a key that the log took since.
        known = [*keys, *(public_key(text) for text in trusted)]
        check_since(bundle, keys, checkpoint(since.decode(), known, "the checkpoint that you kept"))
    return bundle


def read(content: bytes) -> dict[str, Any]:
    """Return the JSON object in `content`; it is written in one way only, so that no byte of it can be changed."""
    bundle: dict[str, Any] = json.loads(content.decode())
    if type(bundle) is not dict or bundle.get("format") not in (FORMAT, WITH_ANSWER):
        raise ValueError(f'it does not begin as a bundle does: "format": "{FORMAT}"')
    if (json.dumps(bundle, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode() != content:
        raise ValueError("it is not written as provkg writes bundles; something changed or reformatted it")
    check_form(bundle)
    return bundle


def check_form(bundle: dict[str, Any]) -> None:
    """Raise `ValueError` unless the parts are there, each of its kind, and no others."""
    names = {"format", "node", "keys", "checkpoint", "earlier", "records"}
    names |= {"answer"} if bundle["format"] == WITH_ANSWER else set()
    texts = [bundle.get("node") or "", bundle.get("checkpoint"), *(bundle.get("keys") or [None])]
    earlier, records = bundle.get("earlier"), bundle.get("records")
    if set(bundle) != names or not all(type(text) is str for text in texts) or type(records) is not list or not records:
        raise ValueError("its parts are not those of a bundle")
    if earlier is not None and (set(earlier) != {"checkpoint", "path"} or type(earlier["checkpoint"]) is not str):
        raise ValueError("the earlier checkpoint has other parts")
    for record in records:
        if set(record) != {"position", "leaf", "statements", "path"} or type(record["position"]) is not int:
            raise ValueError("a record in it has other parts")
        if not all(set(each) in ({"salt", "line"}, {"commitment"}) for each in record["statements"]):
            raise ValueError("a statement in it has other parts")
    if "answer" in bundle:
        check_answer_form(bundle["answer"])
    positions = [record["position"] for record in records]
    if positions != sorted(set(positions)):
        raise ValueError("its records are not in the order of the log, each once")


def check_answer_form(answer: dict[str, Any]) -> None:
    """Raise `ValueError` unless the parts of an answer are there, each of its kind, and no others."""
    lists = [answer.get(name) for name in ("columns", "behind", "derived")]
    # Names stand there where the query is about records; who asks it again needs them.
    parts = {"query", "columns", "rows", "behind", "derived"}
    if set(answer) - {"names"} != parts or type(answer["query"]) is not str:
        raise ValueError("the answer in it has other parts")
    if not all(type(each) is list and all(type(text) is str for text in each) for each in lists):
        raise ValueError("the answer in it has other parts")


def check_record(record: dict[str, Any], bundle: dict[str, Any], size: int, root: bytes) -> None:
    """Raise `Unsound` unless the record is logged, unchanged and whole, and says something about the bundle's node."""
    position, leaf = record["position"], record["leaf"]
    place = f"entry {position}"
    commitments = [commitment(statement) for statement in record["statements"]]
    if leaf.get("statements") != len(commitments) or leaf.get("root") != tree_hash(commitments).hex():
        raise Unsound("TAMPERED", f"{place}: its statements are not those that were logged")
    canonical = json.dumps(leaf, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    path = [decoded(each, 32) for each in record["path"]]
    if not is_included(sha256(b"\x00" + canonical).digest(), position, size, path, root):
        raise Unsound("TAMPERED", f"{place}: its leaf does not lie there in the log that was signed")
    alone = [n for n in without_text(record) if not is_accounted_for(position, n, bundle["records"])]
    if alone:
        raise Unsound("INCOMPLETE", f"{place}: the text of {len(alone)} statement(s) is erased or held back")
    said = [statement["line"] for statement in record["statements"] if "line" in statement]
    about = bundle["node"] if leaf["kind"] == "record" else None
    if about is not None and not any(line.startswith(f"<{bundle['node']}> ") for line in said):
        raise Unsound("TAMPERED", f"{place}: it says nothing about {bundle['node']}")


def check_answer(bundle: dict[str, Any]) -> None:
    """Raise `Unsound` unless the records state all that the bundle says stands behind the answer in it, if it has one.

    That the answer follows, and so what is derived, is not shown: for that, ask its query of the statements.
    """
    records = [record for record in bundle["records"] if record["leaf"]["kind"] == "record"]
    stated = {each["line"] for record in records for each in record["statements"] if "line" in each}
    lacking = [line for line in bundle.get("answer", {"behind": []})["behind"] if line not in stated]
    if lacking:
        raise Unsound("INCOMPLETE", f"no record in it states {lacking[0]}")


def without_text(record: dict[str, Any]) -> list[int]:
    """Return the numbers of the statements of which only the commitment is left."""
    return [number for number, statement in enumerate(record["statements"]) if "commitment" in statement]


def is_accounted_for(position: int, number: int, records: Sequence[dict[str, Any]]) -> bool:
    """Whether a leaf says that this statement has no text: that of a later act of the log, or the record's own."""
    for record in records:
        leaf, place = record["leaf"], record["position"]
        spans = [(place, *span) for span in leaf.get("withholds", ())]
        if place > position and leaf["kind"] != "record":
            spans = leaf.get("erases", ())
        if any(of == position and first <= number <= last for of, first, last in spans):
            return True
    return False


def commitment(statement: dict[str, str]) -> bytes:
    """Return what binds a statement: HMAC-SHA256 of its line under a salt of 16 bytes."""
    if "commitment" in statement:
        return unhexed(statement["commitment"], 32)
    return hmac.digest(unhexed(statement["salt"], 16), statement["line"].encode(), "sha256")


def check_earlier(bundle: dict[str, Any], keys: Sequence[Key], now: State) -> None:
    """Raise `Unsound` unless the checkpoint continues the earlier one that the bundle names, if it names one."""
    if bundle["earlier"] is None:
        return
    before = checkpoint(bundle["earlier"]["checkpoint"], keys, "its earlier checkpoint")
    path = [decoded(each, 32) for each in bundle["earlier"]["path"]]
    if before[:2] == now[:2] and before != now:
        raise Unsound("FORK", f"two histories of {now[1]} entries were signed")
    if before[0] != now[0] or not is_continued(before[1], now[1], before[2], now[2], path):
        # Not a fork: a wrong proof says nothing about the two checkpoints.
        raise Unsound("TAMPERED", f"it does not prove that the log continues the checkpoint of {before[1]} entries")


def check_since(bundle: dict[str, Any], keys: Sequence[Key], kept: State) -> None:
    """Raise `Unsound` unless the bundle shows that its log continues the checkpoint that somebody kept."""
    notes = [bundle["checkpoint"], *([bundle["earlier"]["checkpoint"]] if bundle["earlier"] else [])]
    said = [checkpoint(note, keys, "a checkpoint of it") for note in notes]
    if kept in said:
        return
    if kept[0] != said[0][0]:
        raise Unsound("TAMPERED", f"the checkpoint that you kept is of another log, {kept[0]}")
    if kept[1] in [size for _, size, _ in said]:
        raise Unsound("FORK", f"your checkpoint and the bundle's, both of {kept[1]} entries, are of two histories")
    older = "the bundle is older; ask for a new one" if kept[1] > said[0][1] else "ask for: provkg prove --since FILE"
    raise Unsound(
        "INCOMPLETE", f"it does not show that the log continues your checkpoint of {kept[1]} entries; {older}"
    )


# Signed notes: https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint


def public_key(text: str, kind: bytes = b"\x01") -> Key:
    """Return name, id and key of a C2SP verifier key: NAME+ID+BASE64, where the id is a hash of the rest."""
    name, _, rest = text.partition("+")
    key_id, _, content = rest.partition("+")
    raw = decoded(content, 33)
    expected = sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != kind or key_id != expected.hex():
        raise Unsound("TAMPERED", f"the public key {text} is damaged, or no Ed25519 key")
    return name, expected, Ed25519PublicKey.from_public_bytes(raw[1:])


def checkpoint(note: str, keys: Sequence[Key], called: str) -> State:
    """Return origin, size and root that `note` states, once a signature of one of `keys` is verified."""
    text, _, below = note.rpartition("\n\n")
    text += "\n"
    lines, signatures = text.split("\n"), below.split("\n")
    if len(lines) < 4 or "" in lines[:-1] or len(signatures) < 2 or signatures.pop() != "":
        raise Unsound("TAMPERED", f"{called} is none")
    verified = [check_signature(line, text, keys, called) for line in signatures]
    if True not in verified:
        raise Unsound("TAMPERED", f"{called} is signed by none of the bundle's keys")
    if not lines[1].isascii() or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise Unsound("TAMPERED", f"{called} has no size")
    return lines[0], int(lines[1]), decoded(lines[2], 32)


def check_signature(line: str, text: str, keys: Sequence[Key], called: str) -> bool:
    """Return whether one of `keys` made this signature line; raises `Unsound` where one claims to have, and did not."""
    dash, name, content = [*line.split(" "), "", ""][:3]
    raw = decoded(content)
    if dash != "\u2014" or line != f"{dash} {name} {content}" or len(raw) < 5:
        raise Unsound("TAMPERED", f"a signature line of {called} is none")
    for known, key_id, key in keys:
        if (known, key_id) == (name, raw[:4]):
            try:
                key.verify(raw[4:], text.encode())
            except InvalidSignature:
                raise Unsound("TAMPERED", f"the signature of {name} does not fit {called}") from None
            return True
    return False


def check_witness(note: str, witness: str) -> None:
    """Raise `Unsound` unless `witness` cosigned `note`: https://c2sp.org/tlog-cosignature, Ed25519."""
    name, key_id, key = public_key(witness, b"\x04")
    text, _, below = note.rpartition("\n\n")
    lines = [line.split(" ") for line in below.split("\n") if line]
    made = [raw[4:] for _, signer, content in lines if signer == name and (raw := decoded(content))[:4] == key_id]
    if not made:
        raise Unsound("INCOMPLETE", f"its checkpoint is not cosigned by {name}; ask for a bundle under one that is")
    for raw in made:
        signed = f"cosignature/v1\ntime {int.from_bytes(raw[:8], 'big')}\n{text}\n"
        try:
            key.verify(raw[8:], signed.encode())
        except InvalidSignature:
            raise Unsound("TAMPERED", f"the cosignature of {name} does not fit its checkpoint") from None


# Merkle trees: RFC 6962, section 2.1; how proofs are checked: RFC 9162, sections 2.1.3.2 and 2.1.4.2


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node; leaves begin with a zero byte instead."""
    return sha256(b"\x01" + left + right).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Return MTH as section 2.1 defines it."""
    if len(leaves) < 2:
        return sha256(b"\x00" + leaves[0] if leaves else b"").digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_hash(leaves[:k]), tree_hash(leaves[k:]))


def is_included(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` leads from the leaf of that hash to `root`; the names are those of RFC 9162."""
    if not 0 <= position < size:
        return False
    fn, sn, r = position, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def is_continued(first: int, second: int, first_hash: bytes, second_hash: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that the tree of `second` leaves begins with that of `first`; names as in RFC 9162."""
    if first > second:
        return False
    if first in (0, second):
        return not path and first_hash == (second_hash if first else sha256(b"").digest())
    path = [first_hash, *path] if first & (first - 1) == 0 else [*path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0] if path else b""
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_hash and sr == second_hash


def decoded(text: str, length: int | None = None) -> bytes:
    """Return what Base64 `text` holds; there is one way to write it."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text or length not in (None, len(raw)):
        raise ValueError(f"{text!r:.60} is not the Base64 that belongs there")
    return raw


def unhexed(text: str, length: int) -> bytes:
    """Return what hexadecimal `text` holds; there is one way to write it."""
    raw = bytes.fromhex(text)
    if raw.hex() != text or len(raw) != length:
        raise ValueError(f"{text!r:.60} is not the hexadecimal that belongs there")
    return raw


def judge(
    content: bytes, since: bytes | None = None, trusted: Sequence[str] = (), witnesses: Sequence[str] = ()
) -> Judgement:
    """Return the verdict on a bundle, a sentence, and the bundle if it is verified; no bundle at all has no verdict."""
    try:
        bundle = verify(content, since, trusted, witnesses)
    except Unsound as error:
        return error.verdict, str(error), None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return None, f"it cannot be read as a bundle: {error}", None
    acts = [record for record in bundle["records"] if record["leaf"]["kind"] != "record"]
    records = [record for record in bundle["records"] if record not in acts]
    origin, size, _ = bundle["checkpoint"].split("\n")[:3]
    about = "are archived" if bundle["node"] is None else f"describe {bundle['node']}"
    about = about if "answer" not in bundle else "stand behind an answer"
    entries = f"entries {listed(records)}" if records else "none"
    said = f"{len(records)} record(s) {about}: {entries} of {size} in log {origin}"
    corrected = {earlier for record in records for earlier in record["leaf"].get("supersedes", ())}
    superseded = [record for record in records if record["leaf"].get("record") in corrected]
    if "answer" in bundle:
        said += f", with {len(bundle['answer']['behind'])} statement(s) that it met"
    said += f"; cosigned by {', '.join(witness.partition('+')[0] for witness in witnesses)}" if witnesses else ""
    said += f"; superseded by others of these: {listed(superseded)}" if superseded else ""
    said += f"; acts upon the log: {listed(acts)}" if acts else ""
    count = sum(len(without_text(record)) for record in bundle["records"])
    return f"verified with {count} redaction{'s' * (count > 1)}" if count else "verified", said, bundle


def listed(records: Sequence[dict[str, Any]]) -> str:
    """Return the positions of `records`, or of the first where there are many."""
    shown = ", ".join(str(record["position"]) for record in records[:20])
    return shown + (f" and {len(records) - 20} more" if len(records) > 20 else "")


def main() -> int:
    """Run the program and return its exit code."""
    parser = argparse.ArgumentParser(description="Verify a bundle that `provkg prove` wrote.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--since", type=Path, help="a checkpoint of the log that you kept")
    parser.add_argument("--key", action="append", default=[], help="the log's public key, as its owner published it")
    parser.add_argument("--witness", action="append", default=[], help="the public key of one that must have cosigned")
    parser.add_argument("--statements", action="store_true", help="print what was verified, as N-Triples")
    given = parser.parse_args()
    for witness in given.witness:
        try:
            public_key(witness, b"\x04")
        except (Unsound, ValueError):
            parser.error(f"{witness!r} is no public key of a witness")
    try:
        since, keys = given.since and given.since.read_bytes(), " ".join(given.key).split()
        verdict, said, bundle = judge(given.bundle.read_bytes(), since, keys, given.witness)
    except OSError as error:
        verdict, said, bundle = None, str(error), None
    print(f"{verdict}: {said}" if verdict else said, file=sys.stdout if verdict else sys.stderr)
    if bundle and not given.key:
        print("compare the key with the published one:", *bundle["keys"], file=sys.stderr)
    if bundle and "answer" in bundle:
        print("the answer to:", bundle["answer"]["query"], file=sys.stderr)
        print("not checked here: that this query gives these rows; provkg verify asks it again", file=sys.stderr)
    if bundle and given.statements:
        texts = (each["line"] for record in bundle["records"] for each in record["statements"] if "line" in each)
        print(*texts, sep="\n")
    return 3 if verdict is None else 0 if bundle else 1


if __name__ == "__main__":
    sys.exit(main())
