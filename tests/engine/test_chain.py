"""Chains and Merkle trees: every single tampering is named, and the proofs agree with the reference cases."""

import base64
import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine import chain
from mingjing.engine.chain import START, Entry, Mark


def entries_of(contents: list[dict[str, object]]) -> list[Entry]:
    entries, previous = [], chain.GENESIS
    for seq, content in enumerate(contents, 1):
        raw = chain.canonical({**content, "seq": seq})
        digest = chain.sha256(raw).hexdigest()
        hash_ = chain.link(previous, digest)
        entries.append(Entry(seq, raw, digest, previous, hash_))
        previous = hash_
    return entries


def chain_of(size: int) -> list[Entry]:
    return entries_of([{"data": {"n": n}} for n in range(size)])


def head_of(entries: list[Entry]) -> Mark:
    return Mark(entries[-1].seq, entries[-1].hash) if entries else START


def found(entries: list[Entry], head: Mark | None = None, marks: dict[int, str] | None = None) -> list[tuple[str, int]]:
    return [(fault.code, fault.params["seq"]) for fault in chain.walk(entries, head=head, marks=marks or {})]


def rehashed(entries: list[Entry], start: int) -> list[Entry]:
    """The chain with fact `start` changed and everything from there on hashed anew, as a careful forger would."""
    done = entries[: start - 1]
    previous = done[-1].hash if done else chain.GENESIS
    for entry in entries[start - 1 :]:
        content = entry.content.replace(b'"n":', b'"m":') if entry.seq == start else entry.content
        digest = chain.sha256(content).hexdigest()
        done.append(Entry(entry.seq, content, digest, previous, chain.link(previous, digest)))
        previous = done[-1].hash
    return done


def test_walk_of_an_untouched_chain_finds_nothing():
    for size in range(4):
        entries = chain_of(size)
        marks = {entry.seq: entry.hash for entry in entries}
        assert found(entries, head_of(entries), marks) == []


@pytest.mark.parametrize("field", ["content", "digest", "previous", "hash"])
def test_walk_names_a_changed_fact(field):
    entries = chain_of(9)
    value = b'{"data":{"n":99},"seq":5}' if field == "content" else "ab" * 32
    entries[4] = entries[4]._replace(**{field: value})
    assert found(entries, head_of(entries)) == [("ledger.changed", 5)]


@pytest.mark.parametrize("junk", ["", "zz" * 32, "AB", "é" * 64])
def test_walk_survives_hashes_that_are_none(junk):
    entries = chain_of(3)
    entries[1] = entries[1]._replace(previous=junk)
    assert found(entries, head_of(entries)) == [("ledger.changed", 2)]


def test_walk_names_a_missing_fact_and_a_missing_end():
    entries = chain_of(9)
    assert found(entries[:3] + entries[4:], head_of(entries)) == [("ledger.missing", 4)]
    assert found(entries[1:], head_of(entries)) == [("ledger.missing", 1)]
    (fault,) = chain.walk(entries[:6], head=head_of(entries))
    assert (fault.code, fault.params["seq"], fault.params["last"]) == ("ledger.missing", 7, 9)


def test_walk_names_swapped_lines_of_an_export():
    entries = chain_of(9)
    entries[3], entries[4] = entries[4], entries[3]
    assert found(entries, head_of(entries)) == [("ledger.moved", 4)]


def test_walk_names_facts_swapped_under_their_numbers():
    entries = chain_of(9)
    third, sixth = entries[2], entries[5]
    entries[2] = sixth._replace(seq=3, content=sixth.content.replace(b'"seq":6', b'"seq":3'))
    entries[5] = third._replace(seq=6, content=third.content.replace(b'"seq":3', b'"seq":6'))
    assert found(entries, head_of(entries))[0] == ("ledger.moved", 3)
    assert ("ledger.moved", 6) in found(entries, head_of(entries))


def test_walk_names_a_duplicate():
    entries = chain_of(5)
    assert found([*entries[:3], entries[2], *entries[3:]], head_of(entries)) == [("ledger.duplicate", 3)]


def test_walk_names_a_fact_hashed_anew_alone():
    entries = chain_of(9)
    entries[4] = rehashed(entries, 5)[4]
    assert found(entries, head_of(entries)) == [("ledger.rewritten", 5)]
    entries = chain_of(9)
    assert found(rehashed(entries, 9), head_of(entries)) == [("ledger.rewritten", 9)]


def test_walk_finds_a_chain_hashed_anew_by_its_checkpoints():
    entries = chain_of(9)
    forged = rehashed(entries, 5)
    assert found(forged, head_of(forged)) == [], "nothing inside a forged chain can show it"
    faults = list(chain.walk(forged, head=head_of(forged), marks={3: entries[2].hash, 7: entries[6].hash}))
    assert [(fault.code, fault.params["seq"], fault.params["after"]) for fault in faults] == [
        ("ledger.rewritten", 7, 3)
    ]


def test_walk_finds_a_chain_cut_below_a_checkpoint():
    entries = chain_of(9)
    assert found(entries[:5], head_of(entries[:5]), {8: entries[7].hash}) == [("ledger.missing", 6)]


def test_walk_names_facts_beyond_the_head():
    entries = chain_of(9)
    assert found(entries, head_of(entries[:7])) == [("ledger.beyond", 8)]


mutations = st.sampled_from(["drop", "double", "swap", "content", "digest", "previous", "hash", "rehash"])


@given(st.integers(1, 12), st.data(), mutations)
def test_walk_finds_any_single_mutation(size, data, mutation):
    entries = chain_of(size)
    head = head_of(entries)
    index = data.draw(st.integers(0, size - 1))
    touched = list(entries)
    match mutation:
        case "drop":
            del touched[index]
        case "double":
            touched.insert(index, touched[index])
        case "swap":
            other = data.draw(st.integers(0, size - 1))
            touched[index], touched[other] = touched[other], touched[index]
        case "rehash":
            touched[index] = rehashed(entries, index + 1)[index]
        case _:
            value = b"{}" if mutation == "content" else "cd" * 32
            touched[index] = touched[index]._replace(**{mutation: value})
    faults = found(touched, head)
    assert bool(faults) == (touched != entries)
    if faults and mutation != "swap":
        assert faults[0][1] == index + 1


columns = st.fixed_dictionaries(
    {
        "kind": st.text(),
        "subject": st.text(),
        "at": st.text(),
        "by": st.none() | st.text(),
        "seq": st.integers(1, 2**53 - 1),
        "data": st.dictionaries(st.text(), st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.booleans()),
    }
)


@given(columns)
def test_joined_content_is_the_canonical_json(content):
    joined = chain.fact_content(**{**content, "data": chain.canonical(content["data"]).decode()})
    assert joined == chain.canonical(content)


def test_canonical_refuses_what_json_cannot_hold():
    for value in (float("nan"), 2**53, {1: 2}, b"x", "\ud800"):
        with pytest.raises(rfc8785.CanonicalizationError):
            chain.canonical(value)


# --- proofs ------------------------------------------------------------------------------------------------------


@given(st.integers(1, 9), st.data())
def test_proof_leads_to_every_later_mark(size, data):
    entries = chain_of(size)
    seq = data.draw(st.integers(1, size))
    upto = data.draw(st.integers(seq, size))
    mark = Mark(upto, entries[upto - 1].hash)
    content = json.loads(entries[seq - 1].content)
    document = chain.proof(content, entries[seq - 1].previous, [e.digest for e in entries[seq:upto]], mark)
    assert chain.verify_proof(json.loads(json.dumps(document)), mark) == ()
    forged = {**document, "content": {**content, "data": {"n": -1}}}
    assert [fault.code for fault in chain.verify_proof(forged)] == ["ledger.proof.broken"]
    other = Mark(upto, "ab" * 32)
    assert [fault.code for fault in chain.verify_proof(document, other)] == ["ledger.proof.foreign"]


@pytest.mark.parametrize(
    "junk", [None, 7, [], {}, {"format": "x"}, {"content": {"seq": "1"}, "previous": "00", "later": 3}]
)
def test_proof_of_junk_is_unreadable(junk):
    assert [fault.code for fault in chain.verify_proof(junk)] == ["ledger.proof.unreadable"]


# --- Merkle trees ------------------------------------------------------------------------------------------------

leaf_lists = st.lists(st.binary(max_size=3).map(chain.leaf_hash), min_size=1, max_size=40)


def recursive_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162, 2.1.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return chain.sha256(b"\x01" + recursive_root(leaves[:middle]) + recursive_root(leaves[middle:])).digest()


@given(leaf_lists, st.data())
def test_merkle_proofs_hold_for_every_leaf_and_beginning(leaves, data):
    root = chain.merkle_root(leaves)
    assert root == recursive_root(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = chain.inclusion_proof(leaves, index)
    assert chain.verify_inclusion(leaves[index], index, len(leaves), path, root)
    assert not chain.verify_inclusion(chain.leaf_hash(b"other"), index, len(leaves), path, root)
    size = data.draw(st.integers(1, len(leaves)))
    path = chain.consistency_proof(leaves, size)
    assert chain.verify_consistency(size, len(leaves), chain.merkle_root(leaves[:size]), root, path)


def test_merkle_refuses_leaves_that_are_not_there():
    with pytest.raises(IndexError):
        chain.inclusion_proof([b"x" * 32], 1)
    with pytest.raises(IndexError):
        chain.consistency_proof([b"x" * 32], 0)


def cases(shared_data: Path, name: str) -> list[dict[str, object]]:
    return json.loads((shared_data / "merkle" / f"{name}.json").read_text("utf-8"))


def octets(value: str) -> bytes:
    return base64.b64decode(value)


@pytest.mark.shared_data
def test_inclusion_agrees_with_the_reference_cases(shared_data):
    for case in cases(shared_data, "inclusion"):
        path = [octets(part) for part in case["proof"] or []]
        verdict = chain.verify_inclusion(
            octets(case["leafHash"]), case["leafIdx"], case["treeSize"], path, octets(case["root"])
        )
        assert verdict is not case["wantErr"], case["file"]


@pytest.mark.shared_data
def test_consistency_agrees_with_the_reference_cases(shared_data):
    for case in cases(shared_data, "consistency"):
        path = [octets(part) for part in case["proof"] or []]
        roots = octets(case["root1"]), octets(case["root2"])
        verdict = chain.verify_consistency(case["size1"], case["size2"], *roots, path)
        assert verdict is not case["wantErr"], case["file"]
