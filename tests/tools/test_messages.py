"""The catalogue tool finds every text, and every fault of a translation."""

from pathlib import Path

import pytest

from tools import messages

CODE = """
from django.utils.translation import gettext as _, gettext_noop, ngettext
from mingjing.engine.outcome import N_
first = _("Open {file}")
second = N_("Long "
            "text")
third = ngettext("%(count)s row", "%(count)s rows", 3)
fields_only = N_("{code} {points}")
punctuated = N_("{rule}:")
"""
PAGE = """{% load i18n %}{% translate "Areas" %} {% blocktranslate with n=count %}{{ n }} of all{% endblocktranslate %}
<p title="{% translate 'It isn’t “here”' %}">{{ _("Code") }}</p> don't"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    source = tmp_path / "src" / "mingjing"
    own = source / "programmes" / "inspections"
    (own / "templates").mkdir(parents=True)
    (source / "part.py").write_text(CODE, "utf-8")
    (own / "templates" / "page.html").write_text(PAGE, "utf-8")
    (own / "policy.py").write_text('N_("Long text")\nN_("Only here")\n', "utf-8")
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "SOURCE", source)
    return source


def ids(folder: Path) -> set[str]:
    return {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in messages.templates()[folder]
        if message.id
    }


def test_texts_of_code_and_templates_go_to_the_catalogue_of_their_part(house: Path) -> None:
    assert ids(house / "locale") == {"Open {file}", "Long text", "%(count)s row", "{rule}:"}
    own = ids(house / "programmes" / "inspections" / "locale")
    assert own == {"Areas", "%(n)s of all", "It isn’t “here”", "Code", "Only here"}


def test_texts_of_scripts_that_are_modules_are_found_and_no_others(house: Path) -> None:
    for place, text in (("mj/screen.js", "On a phone"), ("mj/vendor/theirs.js", "Theirs"), ("plain.js", "Plain")):
        script = house / "programmes" / "inspections" / "static" / place
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(
            f'h("p", {{ name: `a ${{b}}` }}, t("{text}")); const mark = /"t(/; N_("{text}: {{name}}")', "utf-8"
        )
    own = ids(house / "programmes" / "inspections" / "locale")
    assert own >= {"On a phone", "On a phone: {name}"}
    assert not own & {"Theirs", "Plain"}


def test_an_update_keeps_translations_and_drops_what_is_gone(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.run_update() == 0
    file = messages.catalogue_file(house / "locale")
    file.write_text(
        file.read_text("utf-8").replace('msgid "Long text"\nmsgstr ""', 'msgid "Long text"\nmsgstr "长文"'), "utf-8"
    )
    (house / "part.py").write_text('_("Long text")', "utf-8")
    assert messages.run_update() == 0
    again = file.read_bytes()
    assert messages.run_update() == 0
    assert file.read_bytes() == again
    assert "长文".encode() in again
    assert b"Open" not in again
    assert b"POT-Creation-Date: 2026-01-01" in again


def translated(house: Path, msgid: str, msgstr: str, flag: str = "") -> list[str]:
    """The faults of a catalogue with one entry, for code with that one text."""
    (house / "part.py").write_text(f"_({msgid!r})", "utf-8")
    file = messages.catalogue_file(house / "locale")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n{flag}msgid "{msgid}"\nmsgstr "{msgstr}"\n',
        "utf-8",
    )
    return [fault for fault in messages.check() if "programmes" not in fault]


@pytest.mark.parametrize(
    ("msgid", "msgstr", "flag", "fault"),
    [
        ("Open {file}", "", "", "not translated"),
        ("Open {file}", "打开 {fil}", "", "other fields"),
        ("Open {file}", "打开", "", "other fields"),
        ("%(n)s rows", "%(m)s 行", "", "other fields"),
        ("Open {file}", "打开 {file", "", "other fields"),
        ("Open", "打开", "#, fuzzy\n", "fuzzy"),
    ],
)
def test_every_fault_of_a_translation_is_named(msgid: str, msgstr: str, flag: str, fault: str, house: Path) -> None:
    (found,) = translated(house, msgid, msgstr, flag)
    assert fault in found
    assert msgid in found


def test_a_good_translation_has_no_fault(house: Path) -> None:
    assert translated(house, "Open {file}", "打开 {file}") == []


def test_catalogues_are_compiled_once(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    translated(house, "Open", "打开")
    assert messages.run_compile() == 0
    assert "compiled" in capsys.readouterr().out
    assert messages.run_compile() == 0
    assert capsys.readouterr().out == ""
