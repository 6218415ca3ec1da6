"""The report in a real browser: its policy lets its own script run, the map draws, search finds."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from basketplan.publish import Texts
from basketplan.publish.report import report_html
from tests.publish.printing import view

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: apt-get install chromium")

OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars"),
    *("--virtual-time-budget=3000", "--window-size=1280,1000"),
)


def browse(folder: Path, text: str, anchor: str = "") -> tuple[str, str]:
    """Return the page as the browser has it after its script, and what it complained about."""
    assert CHROMIUM is not None
    file = folder / "report.html"
    file.write_text(text, encoding="utf-8")
    home = f"--user-data-dir={folder / 'home'}"
    words = [CHROMIUM, *OPTIONS, home, "--enable-logging=stderr", "--v=0", "--dump-dom", f"{file.as_uri()}{anchor}"]
    done = subprocess.run(words, capture_output=True, timeout=120, check=True)
    told = done.stderr.decode(errors="replace")
    return done.stdout.decode(), "\n".join(line for line in told.splitlines() if "CONSOLE" in line)


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_script_runs_under_the_policy(tmp_path: Path, lang: str) -> None:
    dom, complaints = browse(tmp_path, report_html(view(), Texts.of(lang)[0]))
    assert complaints == ""
    assert 'class="js"' in dom
    ready = re.search(r'data-ready="(\d+)"', dom)
    assert ready
    assert int(ready.group(1)) < 1000  # milliseconds until the page can be used
    legend = dom[dom.index('id="legend"') :]
    assert legend.count('class="dot"') == 3  # two days of delivery, and who is left out


def test_search_finds_a_household_with_its_baskets(tmp_path: Path) -> None:
    dom, complaints = browse(tmp_path, report_html(view(), Texts.of("en")[0]), "#h3")
    assert complaints == ""
    details = dom[dom.index('id="details"') : dom.index('id="legend"')]
    assert "<bdi>h3</bdi>" in details
    assert "T0002" in details
    assert "Huile d'argan × 1" in details
    assert "Dattes × 1" in details


def test_other_scripts_are_refused(tmp_path: Path) -> None:
    text = report_html(view(), Texts.of("fr")[0])
    assert "</main>" in text
    dom, complaints = browse(tmp_path, text.replace("</main>", "<script>document.title = 'taken'</script></main>"))
    assert "Content Security Policy" in complaints
    assert "<title>taken" not in dom


def test_donors_page_draws_hubs_and_cooperatives(tmp_path: Path) -> None:
    dom, complaints = browse(tmp_path, report_html(view("donor"), Texts.of("fr")[0]))
    assert complaints == ""
    assert dom[dom.index('id="legend"') :].count('class="dot"') == 2
