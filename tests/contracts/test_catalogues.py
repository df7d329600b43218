"""Chinese is complete: every text of the code and the templates has its translation, with the same fields."""

from tools import messages


def test_every_text_is_translated() -> None:
    assert list(messages.check()) == []


def test_the_check_sees_a_field_that_was_lost() -> None:
    assert messages.fields("{count} of {total}") != messages.fields("共 {total} 项")
    assert messages.fields("%(name)s") == messages.fields("“%(name)s”")
