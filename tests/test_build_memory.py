"""What a build remembers is used again by the next one, and forgotten when nobody asks."""

from scripts.memory import Memory, key


def recalled(path, *digests, what="made"):
    """What one build recalls."""
    memory = Memory(path)
    found = [memory.recall(digest, lambda: what) for digest in digests]
    memory.save()
    return found


def test_what_one_build_made_the_next_one_recalls(tmp_path):
    path = tmp_path / "folder" / "memory.json"
    recalled(path, "a", what="first")
    assert recalled(path, "a", what="second") == ["first"]


def test_another_digest_is_made_anew(tmp_path):
    path = tmp_path / "memory.json"
    recalled(path, "a", what="first")
    assert recalled(path, "a", "b", what="second") == ["first", "second"]


def test_what_a_build_does_not_ask_for_is_forgotten(tmp_path):
    path = tmp_path / "memory.json"
    recalled(path, "a", "b", what="first")
    recalled(path, "b")
    assert recalled(path, "a", what="third") == ["third"]


def test_a_broken_file_counts_as_empty(tmp_path):
    path = tmp_path / "memory.json"
    path.write_text('{"a": "fir')
    assert recalled(path, "a", what="second") == ["second"]
    assert recalled(path, "a", what="third") == ["second"]


def test_without_a_path_each_thing_is_still_made_once():
    memory = Memory()
    assert memory.recall("a", lambda: "first") == memory.recall("a", lambda: "second")


def test_parts_of_a_key_do_not_run_together():
    assert key("a", "bc") != key("ab", "c")
