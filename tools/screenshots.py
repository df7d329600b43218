"""Takes the pictures of README from a running demonstration:  python -m tools.screenshots http://127.0.0.1:8000

Start `script/run` first. Needs Chromium (Debian: apt-get install chromium fonts-noto-cjk).
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PAGES = {
    "home": ("/", DESK),
    "round": ("/assessments/rounds/2/", DESK),
    "list": ("/assessments/rounds/1/list/A/", DESK),
    "community": ("/assessments/rounds/1/of/HT-004/", DESK),
    "community-phone": ("/assessments/rounds/1/of/HT-004/", PHONE),
    "draw": ("/assessments/rounds/1/draws/1/", DESK),
    "visit": ("/assessments/visits/137/", DESK),
    "scheme": ("/assessments/schemes/hetang-2024/1/#class-1", DESK),
    "ledger": ("/ledger/", DESK),
    "listing": ("/assessments/rounds/1/publication/of/HT-012/", DESK),
    "report": ("/assessments/rounds/1/report/", DESK),
}
COMPANY = {"portal-phone": ("/portal/", PHONE)}
PUBLIC = {
    "board": ("/board/assessments/430202/zh/", DESK),
    "board-phone": ("/board/assessments/430202/zh/communities/HT-012/", PHONE),
}
DOORS = (("/sign-in/", "director", PAGES), ("/portal/", "company", COMPANY), ("", "", PUBLIC))
"""Where somebody signs in, as whom, and what they see; the public signs in nowhere."""
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def sign_in(page: Page, address: str, user: str) -> None:
    page.goto(address)
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", "mingjing-demo")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def main(address: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(QUIET))
        for door, user, pages in DOORS:
            page = browser.new_page(locale="zh-CN")
            if user:
                sign_in(page, address + door, user)
            for name, (path, size) in pages.items():
                page.set_viewport_size({"width": size["width"], "height": size["height"]})
                page.goto(address + path, wait_until="networkidle")
                page.screenshot(path=PICTURES / f"{name}.png")
                print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
