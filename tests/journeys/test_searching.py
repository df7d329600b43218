"""What a search for faults finds though each kind of text is looked at once. Not here: the pages of the house."""

import pytest
from tests.journeys.conftest import OpenScreen

PAGE = """<!doctype html><html lang="en"><title>Kinds of text</title>
<style>.dark { background: #222 } .pale { color: #bbb } .strong { color: #333 } .none { opacity: 0.3 }</style>
<main style="background: white"><h1>Kinds</h1><p class="strong">On white</p>{more}</main>"""


@pytest.mark.parametrize(
    ("known", "new", "fault"),
    [
        ("", '<p class="pale">Letters</p>', "color-contrast"),
        ('<div class="dark"><p class="pale">Letters</p></div>', '<p class="pale">Letters</p>', "color-contrast"),
        ("", '<div class="dark"><p class="strong">Behind</p></div>', "color-contrast"),
        ("", '<div class="none"><p class="strong">Faint</p></div>', "color-contrast"),
        ("<button>One</button>", '<button style="color: #999" disabled>Two</button>', ""),
        (
            '<button style="color: #999" disabled>Two</button>',
            '<button style="color: #999">Two</button>',
            "color-contrast",
        ),
        ("", '<p class="strong">More</p>', ""),
        ("", '<input type="text">', "label"),
    ],
)
def test_a_fault_is_found_beside_what_is_known(screen: OpenScreen, known: str, new: str, fault: str) -> None:
    shown = screen(language="en")
    shown.page.set_content(PAGE.replace("{more}", known))
    shown.check()
    shown.page.set_content(PAGE.replace("{more}", known + new))
    for _ in range(2):  # what was found is found again
        if fault:
            with pytest.raises(AssertionError, match=fault):
                shown.check()
        else:
            shown.check()
