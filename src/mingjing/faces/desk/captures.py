"""What a phone signed about a photo, in words: when it must have been taken, and what a reviewer should look at.

Programmes show it beside their own pages. Not here: what gives rise to a signal (kernel.sync.records).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.sync.models import Capture

__all__ = ["CaptureShown", "SignalShown", "capture_of", "shown", "signal_shown", "span_words"]

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignalShown:
    """Something about a photo that a reviewer should know: a tone and a sign of a tag, and the words."""

    code: str
    tone: str
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class CaptureShown:
    """A photo of a phone as pages show it. `between` says in words when it was taken; `doubts` counts what is amiss."""

    row: Capture
    between: str
    signals: tuple[SignalShown, ...]

    @property
    def doubts(self) -> int:
        return sum(signal.tone in ("watch", "bad") for signal in self.signals)


def capture_of(exhibit: Exhibit) -> CaptureShown | None:
    """The capture that an exhibit came of, as pages show it; None for what came another way."""
    row = Capture.objects.filter(exhibit=exhibit).select_related("device", "person").first()
    return shown(row) if row else None


def shown(row: Capture, more: Iterable[Mapping[str, Any]] = ()) -> CaptureShown:
    """A capture as pages show it; `more` are signals that its programme found."""
    return CaptureShown(row, _between(row), (*_signals(row), *map(signal_shown, more)))


def _between(row: Capture) -> str:
    """The time sandwich: after the newest head of the ledger it held, before its bytes had arrived."""
    start, end = row.not_before, row.not_after
    if start and end:
        text = gettext("between {start} and {end}: {width}")
        return text.format(start=_clock(start, end), end=_clock(end, start), width=span_words(end - start))
    if end:
        return gettext("before {end}; since when is not proved").format(end=_clock(end))
    if start:
        return gettext("after {start}; it has not arrived yet").format(start=_clock(start))
    return gettext("nothing is proved about its time yet")


def _clock(at: datetime, other: datetime | None = None) -> str:
    """The time of day, with the day where it needs one."""
    local = timezone.localtime(at)
    same = other is not None and timezone.localdate(other) == local.date()
    return f"{local:%H:%M}" if same else f"{local:%Y-%m-%d %H:%M}"


def span_words(span: timedelta) -> str:
    """How long, in the two units that matter: 35 min, 3 h 20 min, 2 d 4 h."""
    minutes = max(0, round(span.total_seconds() / 60))
    if span >= DAY:
        return gettext("{days} d {hours} h").format(days=minutes // 1440, hours=minutes % 1440 // 60)
    if minutes >= 60:
        return gettext("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
    return gettext("{minutes} min").format(minutes=minutes)


def signal_shown(signal: Mapping[str, Any]) -> SignalShown:
    """A signal as it was recorded, in words; one that is not known here by its code."""
    code = str(signal.get("code", ""))
    tone, sign, text = SIGNALS.get(code, ("watch", "warning", code))
    return SignalShown(code, tone, sign, str(text).format(**_figures(signal)))


def _signals(row: Capture) -> Iterator[SignalShown]:
    yield from map(signal_shown, row.signals)
    early = row.not_before and row.taken_at < row.not_before - EARLY
    late = row.not_after and row.taken_at > row.not_after + EARLY
    if early or late:
        text = gettext("The phone says {time}, which cannot be").format(time=_clock(row.taken_at))
        yield SignalShown("clock_impossible", "bad", "clock", text)
    challenge = json.loads(row.record).get("challenge")
    if isinstance(challenge, Mapping) and challenge.get("answered"):
        yield SignalShown("challenge", "good", "check", _asked(challenge))


EARLY = timedelta(minutes=2)
"""What a phone's clock may be off without a word."""

SIGNALS = {
    "clock": ("watch", "clock", _("The phone's clock was {span} off")),
    "gallery": ("watch", "file", _("Chosen from the gallery, not taken in the app")),
    "challenge_missed": ("watch", "eye", _("The scene challenge was not answered")),
    "challenge_absent": ("watch", "eye", _("A scene challenge was due and its record holds none")),
    "challenge_other": ("bad", "eye", _("Its record holds another scene challenge than was due")),
    "challenge_not_due": ("watch", "eye", _("Its record holds a scene challenge that was not due")),
    "head_missing": ("watch", "chain", _("Its record holds no ledger head: it may be older than said")),
    "head_unknown": ("bad", "chain", _("Its record holds a ledger head that this installation never signed")),
    "code_wrong": ("bad", "scan", _("The code that was scanned does not hang at this site")),
    "position_missing": ("watch", "area", _("No position")),
    "position_vague": ("watch", "area", _("Position only within {metres} m")),
    "position_far": ("bad", "area", _("{metres} m away from the site")),
}
"""Each signal's tone, sign and words (kernel.sync.records)."""


def _figures(signal: Mapping[str, Any]) -> dict[str, str]:
    seconds, metres = signal.get("seconds"), signal.get("metres")
    span = span_words(timedelta(seconds=abs(seconds))) if isinstance(seconds, int) else ""
    return {"span": span, "metres": str(metres)}


def _asked(challenge: Mapping[str, Any]) -> str:
    if word := challenge.get("word"):
        return gettext("Should show the word {word}: look for it").format(word=word)
    return gettext("Asked for an odd angle, and answered")
