"""Hash chains and Merkle trees over canonical JSON: what makes a ledger, an export and a proof checkable by anyone.

Everything here is pure and works on bytes and text; docs/reference/ledger-format.md says the same in words, so that a
stranger can check an export without this code. Not here: where facts are stored
and who may append them (kernel.ledger).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any, NamedTuple

import rfc8785
from msgspec.json import Encoder

from mingjing.engine.outcome import N_, Problem

GENESIS = "0" * 64
LEAF, NODE, LINK = b"\x00", b"\x01", b"\x02"  # what is hashed says what it is: no leaf can pass for a node or a link
PROOF_FORMAT = "mingjing.ledger.proof/1"


def canonical(value: Any) -> bytes:
    """`value` as canonical JSON (RFC 8785); raises ValueError for what JSON cannot hold exactly.

    >>> canonical({"b": [1, True], "a": "红榜"}).decode()
    '{"a":"红榜","b":[1,true]}'
    """
    if _is_simple(value):
        try:
            return _DUMP(value)
        except UnicodeEncodeError:
            pass  # half a character: refused below, in the words of that
    return rfc8785.dumps(value)


def canonical_of_simple(value: Any) -> bytes:
    """`canonical` of what is known to be simple, since whoever made it put nothing else in: not looked through.

    Simple are dicts with keys of ASCII, lists, texts without halves of a pair, whole numbers that are exact in JSON,
    true, false and null. Of anything else the result is not canonical.
    """
    return _DUMP(value)


_DUMP = Encoder(order="sorted").encode
"""Writes what `_is_simple` finds as RFC 8785 does, a hundred times as fast; a test holds the two equal."""
EXACT = 2**53


def _is_simple(value: Any) -> bool:
    """Whether `value` holds only what both write alike: no floats, no keys beyond ASCII, no subclasses of anything."""
    kind = type(value)
    if kind is dict:
        for key, part in value.items():
            if type(key) is not str or not key.isascii() or not (type(part) is str or _is_simple(part)):
                return False
        return True
    if kind is list or kind is tuple:
        return all(type(part) is str or _is_simple(part) for part in value)
    if kind is int:
        return bool(-EXACT < value < EXACT)
    return kind is str or kind is bool or value is None


def content_digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, in hex.

    >>> content_digest({})
    '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
    """
    return sha256(canonical(value)).hexdigest()


def link(previous: str, digest: str) -> str:
    """The hash of a fact: SHA-256 of the byte 0x02, the hash before it and the digest of its content; all in hex."""
    return sha256(LINK + bytes.fromhex(previous) + bytes.fromhex(digest)).hexdigest()


class Entry(NamedTuple):
    """One fact of a chain as it was found: `content` is its exact canonical JSON, the hashes are hex.

    Without a content (withheld from the reader of a file) only its place in the chain can be checked.
    """

    seq: int
    content: bytes | None
    digest: str
    previous: str
    hash: str


class Mark(NamedTuple):
    """A place in a chain: the hash of fact `seq`. The mark of an empty chain is `Mark(0, GENESIS)`."""

    seq: int
    hash: str


START = Mark(0, GENESIS)


def fact_content(*, seq: int, kind: str, subject: str, data: str, at: str, by: str | None) -> bytes:
    """The canonical JSON of one fact, joined from its columns; `data` is canonical JSON already.

    The same bytes as `canonical({...})`, without parsing `data`. Every other text is escaped, so no two different rows
    join to the same bytes.

    >>> fact_content(seq=1, kind="k", subject="s:1", data="{}", at="2026-01-01T00:00:00.000000Z", by=None).decode()
    '{"at":"2026-01-01T00:00:00.000000Z","by":null,"data":{},"kind":"k","seq":1,"subject":"s:1"}'
    """
    text = (
        f'{{"at":{encode_basestring(at)},"by":{"null" if by is None else encode_basestring(by)},"data":{data},'
        f'"kind":{encode_basestring(kind)},"seq":{seq},"subject":{encode_basestring(subject)}}}'
    )
    return text.encode("utf-8", "surrogatepass")


# --- walking a chain -------------------------------------------------------------------------------------------------


def walk(
    entries: Iterable[Entry], *, head: Mark | None = None, marks: Mapping[int, str] = MappingProxyType({})
) -> Iterator[Problem]:
    """Every fault of a chain, found in one pass and in memory that does not grow with its length.

    `head` is where the chain says it ends; `marks` are hashes known from elsewhere (checkpoints), by seq. Each problem
    names a fact in `params["seq"]`; its code is one of

    - `ledger.changed`: the fact's content is not what its digest says, or its digest not what its hash says;
    - `ledger.moved`: the fact is whole, but stands in another's place;
    - `ledger.missing`: facts are absent (from `seq` to `last`), in the middle or at the end;
    - `ledger.duplicate`: the same number comes twice;
    - `ledger.rewritten`: hashed anew: the next fact, the head or a checkpoint knows another hash for it;
    - `ledger.beyond`: the fact stands after the recorded end, or before fact 1.
    """
    found = Walk(marks)
    for entry in entries:
        yield from found.step(entry)
    yield from found.end(head)


class Walk:
    """A walk in progress, for those who learn the head only at the end: see `walk`."""

    def __init__(self, marks: Mapping[int, str] = MappingProxyType({})) -> None:
        self.count = 0  # facts seen
        self.withheld = 0  # of these, without a content to check
        self.seq = 0  # the last fact that stood in order
        self.hash: str | None = GENESIS  # its hash; None: unknown, because that fact is itself at fault
        self._gaps: list[tuple[int, int]] = []  # not filled so far
        self._marks = dict(marks)
        self._agreed = 0  # the last mark that fits

    def step(self, entry: Entry) -> Iterable[Problem]:
        """The faults that show at the next fact."""
        self.count += 1
        self.withheld += entry.content is None
        if (
            entry.seq == self.seq + 1
            and entry.previous == self.hash
            and _whole(entry)
            and _linked(entry)
            and entry.seq not in self._marks
        ):
            self.seq, self.hash = entry.seq, entry.hash
            return ()
        return self._examine(entry)

    def _examine(self, entry: Entry) -> Iterator[Problem]:
        if entry.seq <= self.seq:
            yield self._out_of_order(entry.seq)
            return
        if entry.seq > self.seq + 1:
            self._gaps.append((self.seq + 1, entry.seq - 1))
            self.hash = None
        linked = _linked(entry)
        follows = self.hash is None or entry.previous == self.hash
        if not (linked and _whole(entry)):
            yield _moved(entry.seq) if linked and not follows else _changed(entry.seq)
        elif not follows:
            yield _rewritten(max(self.seq, 1))
        self.seq, self.hash = entry.seq, entry.hash if linked else None
        yield from self._mark(entry)

    def _out_of_order(self, seq: int) -> Problem:
        if seq < 1:
            return Problem(
                "ledger.beyond", N_("Fact {seq} is none of the ledger's: facts are numbered from 1."), {"seq": seq}
            )
        for index, (first, last) in enumerate(self._gaps):
            if first <= seq <= last:
                rest = [(first, seq - 1), (seq + 1, last)]
                self._gaps[index : index + 1] = [gap for gap in rest if gap[0] <= gap[1]]
                text = N_("Fact {seq} stands after fact {last}: the order was changed.")
                return Problem("ledger.moved", text, {"seq": seq, "last": self.seq})
        return Problem("ledger.duplicate", N_("Fact {seq} is there more than once."), {"seq": seq})

    def _mark(self, entry: Entry) -> Iterator[Problem]:
        known = self._marks.pop(entry.seq, None)
        if known is not None and known != entry.hash:
            text = N_(
                "The checkpoint at fact {seq} knows another hash: a fact after {after} and up to {seq} was rewritten."
            )
            yield Problem("ledger.rewritten", text, {"seq": entry.seq, "after": self._agreed})
        if known is not None:
            self._agreed = entry.seq

    def end(self, head: Mark | None) -> Iterator[Problem]:
        """The faults that show once no fact is left: absent ones, and a head that says otherwise."""
        yield from (_missing(first, last) for first, last in self._gaps)
        known_end = max([head.seq if head else 0, *self._marks])
        if known_end > self.seq:
            yield _missing(self.seq + 1, known_end)
        if head and head.seq < self.seq:
            text = N_("Fact {seq} stands after the recorded end of the ledger, which is fact {end}.")
            yield Problem("ledger.beyond", text, {"seq": head.seq + 1, "end": head.seq})
        if head and head.seq == self.seq and self.hash not in (None, head.hash):
            text = N_("The recorded end of the ledger knows another hash for fact {seq}: one of the two was rewritten.")
            yield Problem("ledger.rewritten", text, {"seq": self.seq})


def _whole(entry: Entry) -> bool:
    return entry.content is None or sha256(entry.content).hexdigest() == entry.digest


def _linked(entry: Entry) -> bool:
    try:
        return link(entry.previous, entry.digest) == entry.hash
    except (ValueError, TypeError):
        return False


def _changed(seq: int) -> Problem:
    return Problem("ledger.changed", N_("Fact {seq} was changed: its content and its hash do not agree."), {"seq": seq})


def _moved(seq: int) -> Problem:
    return Problem(
        "ledger.moved", N_("Another fact stands in the place of fact {seq}: the order was changed."), {"seq": seq}
    )


def _rewritten(seq: int) -> Problem:
    text = N_("Fact {seq} was rewritten and hashed anew: what follows it was recorded after another content.")
    return Problem("ledger.rewritten", text, {"seq": seq})


def _missing(first: int, last: int) -> Problem:
    if first == last:
        return Problem("ledger.missing", N_("Fact {seq} is missing."), {"seq": first, "last": last})
    return Problem("ledger.missing", N_("The facts {seq} to {last} are missing."), {"seq": first, "last": last})


# --- proof of one fact -----------------------------------------------------------------------------------------------


def proof(content: Mapping[str, Any], previous: str, later: Iterable[str], mark: Mark) -> dict[str, Any]:
    """What shows that a fact stands in the chain that ends at `mark`: JSON of format `mingjing.ledger.proof/1`.

    `later` are the digests of the facts after it, up to and with the fact of `mark`, in order.
    """
    return {
        "format": PROOF_FORMAT,
        "content": dict(content),
        "previous": previous,
        "later": list(later),
        "checkpoint": {"seq": mark.seq, "hash": mark.hash},
    }


def verify_proof(document: Any, mark: Mark | None = None) -> tuple[Problem, ...]:
    """The faults of a proof; none when its fact leads to its checkpoint (and to `mark`, where one is given)."""
    try:
        seq, hash_ = document["content"]["seq"], link(document["previous"], content_digest(document["content"]))
        for digest in document["later"]:
            hash_ = link(hash_, digest)
        reached = Mark(seq + len(document["later"]), hash_)
        claimed = Mark(document["checkpoint"]["seq"], document["checkpoint"]["hash"])
        known_format = document["format"] == PROOF_FORMAT
    except (KeyError, TypeError, ValueError, RecursionError):
        known_format = False
    if not known_format:
        return (Problem("ledger.proof.unreadable", N_("This is not a ledger proof of a format known here.")),)
    if reached != claimed:
        return (
            Problem(
                "ledger.proof.broken", N_("The proof of fact {seq} does not lead to its checkpoint."), {"seq": seq}
            ),
        )
    if mark is not None and reached != mark:
        text = N_("The proof of fact {seq} leads to another ledger than the checkpoint given.")
        return (Problem("ledger.proof.foreign", text, {"seq": seq}),)
    return ()


# --- Merkle trees (RFC 9162, section 2.1) ---------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf: SHA-256 of 0x00 and the data."""
    return sha256(LEAF + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below `size` (2 or more)."""
    return 1 << (size - 1).bit_length() - 1


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; that of an empty tree is the hash of nothing.

    >>> merkle_root([]).hex()[:8]
    'e3b0c442'
    """
    if not leaves:
        return sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)] + odd
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings on the way from leaf `index` up to the root; raises IndexError when there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion_proof(leaves[:middle], index), merkle_root(leaves[middle:])]
    return [*inclusion_proof(leaves[middle:], index - middle), merkle_root(leaves[:middle])]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `leaf` (a leaf hash) is number `index` of `size` in the tree of this `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or any(len(part) != 32 for part in (leaf, root, *proof)):
        return False
    node, last, hash_ = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            hash_ = _node(sibling, hash_)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hash_ = _node(hash_, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and hash_ == root


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """What shows that the tree of the first `size` leaves begins this one; raises IndexError for other sizes."""
    if not 0 < size <= len(leaves):
        raise IndexError(size)
    return _subproof(leaves, size, whole=True)


def _subproof(leaves: Sequence[bytes], size: int, *, whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if whole else [merkle_root(leaves)]
    middle = _split(len(leaves))
    if size <= middle:
        return [*_subproof(leaves[:middle], size, whole=whole), merkle_root(leaves[middle:])]
    return [*_subproof(leaves[middle:], size - middle, whole=False), merkle_root(leaves[:middle])]


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `size1` begins that of `size2` (RFC 9162, 2.1.4.2); nothing follows from size 0."""
    if not 0 < size1 <= size2:
        return False
    if size1 == size2:
        return not proof and root1 == root2
    if not proof or any(len(part) != 32 for part in (root1, root2, *proof)):
        return False
    path = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    node, last = size1 - 1, size2 - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = _node(sibling, old), _node(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = _node(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == root1 and new == root2
