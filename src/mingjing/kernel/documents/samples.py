"""What a document's template is filled in with: of a real document, and of a sample that shows its layout."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from unicodedata import category

from mingjing.engine.chinese import date_in_chinese, date_plain, document_number
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.documents.kinds import DocumentKind, chinese_title

__all__ = ["checked", "dated", "sample_values"]

SAMPLE_DAY = date(2026, 11, 28)


def dated(day: date) -> dict[str, str]:
    """The date in both forms."""
    return {"date": date_in_chinese(day), "date_plain": date_plain(day)}


def sample_values(
    kind: DocumentKind, letters: str = "示物考", office: str = "示例区物业服务指导中心"
) -> dict[str, Any]:
    """Every name of the kind with a value that could be one; it says that it is a sample."""
    frame: dict[str, Any] = {"number": document_number(letters, SAMPLE_DAY.year, 1), "office": office}
    frame |= {"title": f"{chinese_title(kind)}（样张）", "code": "0000 0000 0000 0000 0000 0000", **dated(SAMPLE_DAY)}
    frame |= {"addressee": {"name": "示例物业服务有限公司", "credit_code": "91430202MA4Q00001X"}}
    return {**frame, "verify": "https://example.org/", **kind.sample()}


def checked(kind: DocumentKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the kind's own fields, of the samples' form. Raises ValueError where a program gave others.

    Optional fields may be left out: their value is then empty. Raises Refusal for signs that no document can hold.
    """
    known = {one.name: one for one in kind.fields}
    if wrong := set(given) - set(known) or {name for name, one in known.items() if not one.optional} - set(given):
        raise ValueError(f"{kind.code} has other fields than {sorted(wrong)}.")
    empty = {name: () if isinstance(one.sample, tuple) else "" for name, one in known.items()}
    return {name: _of_form(name, one.sample, given.get(name, empty[name])) for name, one in known.items()}


def _of_form(name: str, sample: Any, value: Any) -> Any:
    match sample, value:
        case str(), str() | int():
            return _text(name, str(value))
        case tuple(), list() | tuple():
            return [_of_form(name, sample[0], part) for part in value]
        case Mapping(), Mapping() if set(value) == set(sample):
            return {key: _of_form(f"{name}.{key}", sample[key], value[key]) for key in sample}
    raise ValueError(f"The value of {name} has not the form of its sample.")


def _text(name: str, value: str) -> str:
    value = value.replace("\r\n", "\n")
    if any(category(sign) in {"Cc", "Cs"} or ord(sign) & 0xFFFE == 0xFFFE for sign in value if sign not in "\n\t"):
        text = N_("The text of {name} has signs that no document can hold; type it anew.")
        raise Refusal([Problem("documents.value", text, {"name": name}, name)])
    return value
