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
}
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.fill("input[name=username]", "director")
    page.fill("input[name=password]", "mingjing-demo")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def main(address: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(QUIET))
        page = browser.new_page(locale="zh-CN")
        sign_in(page, address)
        for name, (path, size) in PAGES.items():
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            page.goto(address + path, wait_until="networkidle")
            page.screenshot(path=PICTURES / f"{name}.png")
            print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
