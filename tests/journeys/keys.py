"""A page without a mouse: Tab to what is meant, Enter or Space."""

import json

from playwright.sync_api import Page

__all__ = ["follow_by_keys", "tab_to", "tab_until"]


def follow_by_keys(page: Page, name: str, inside: str = "main") -> None:
    """Tab to the link or button called `name` and press Enter."""
    tab_to(page, name, inside)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Page, name: str, inside: str = "main") -> None:
    """Press Tab until what has the focus, in that part of the page, is called `name`."""
    here = f"document.activeElement.closest({json.dumps(inside)})"
    tab_until(page, f"{here} && document.activeElement.textContent.trim() === {json.dumps(name)}")


def tab_until(page: Page, reached: str) -> None:
    """Press Tab until that is so of what has the focus; at once where the page put it there."""
    for _ in range(100):
        if page.evaluate(reached):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab on {page.url} until {reached}")
