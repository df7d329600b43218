"""The routes of rounds, their entries and classes, filings and progress, below /assessments/."""

from django.urls import URLPattern, path

from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converters `code` and `codes`
from mingjing.programmes.assessments.desk.rounds import classes, entries, judging, overview, rounds

urlpatterns: list[URLPattern] = [
    path("rounds/", rounds.rounds, name="rounds"),
    path("add-round/", rounds.add, name="round-add"),
    path("rounds/<int:pk>/", overview.overview, name="round"),
    path("rounds/<int:pk>/change/", rounds.change, name="round-change"),
    path("rounds/<int:pk>/roster/", overview.roster, name="round-roster"),
    path("rounds/<int:pk>/step/", overview.step, name="round-step"),
    path("rounds/<int:pk>/hand-over/", rounds.hand_over, name="round-handover"),
    path("rounds/<int:pk>/judging/", judging.judging, name="round-judging"),
    path("rounds/<int:pk>/judging/note/", judging.add, name="note-add"),
    path("rounds/<int:pk>/judging/<int:note>/withdrawal/", judging.withdraw, name="note-withdraw"),
    path("rounds/<int:pk>/communities/", entries.entries, name="round-entries"),
    path("rounds/<int:pk>/communities/<codes:number>/", entries.entry, name="entry"),
    path("rounds/<int:pk>/classes/", classes.classes, name="round-classes"),
    path("rounds/<int:pk>/classes/<codes:number>/", classes.confirm, name="class-confirm"),
    path("rounds/<int:pk>/vote/<codes:number>/", entries.vote, name="entry-vote"),
    path("rounds/<int:pk>/value/<codes:number>/", entries.value, name="entry-value"),
    path("rounds/<int:pk>/assessed/<codes:number>/", entries.assessed, name="entry-assessed"),
    path("rounds/<int:pk>/group/<codes:number>/", entries.group, name="entry-group"),
    path("rounds/<int:pk>/file/<codes:number>/", entries.file, name="entry-file"),
    path("rounds/<int:pk>/filings/<int:filing>/", entries.decide, name="filing-decide"),
    path("rounds/<int:pk>/filings/<int:filing>/papers/", entries.papers, name="filing-papers"),
]
