"""Takes pictures of pages: dagster_pictures.py FOLDER NAME=URL... Prints the text of each page as one JSON line."""
import json
import pathlib
import sys

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
SETTLE_MILLISECONDS = 6_000
TIMEOUT_MILLISECONDS = 90_000


def main(folder: str, pages: list[str]) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1800, "height": 1100})
        for one in pages:
            name, url = one.split("=", 1)
            page.goto(url, timeout=TIMEOUT_MILLISECONDS)
            page.wait_for_load_state("domcontentloaded", timeout=TIMEOUT_MILLISECONDS)
            # The page asks the server again and again, so it is never idle: what it shows after this time counts.
            page.wait_for_timeout(SETTLE_MILLISECONDS)
            page.screenshot(path=str(pathlib.Path(folder) / f"{name}.png"))
            print(json.dumps({"name": name, "text": page.inner_text("body")}))
        browser.close()


main(sys.argv[1], sys.argv[2:])
