"""The report: one file that asks nobody for anything, says what the plan says, and shows each audience no more."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from basketplan.errors import RejectedPlanError
from basketplan.plan.verify import verify
from basketplan.progress import QuietReporter
from basketplan.publish import Audience, Texts, View
from basketplan.publish.report import report, report_html, told_apart, write_reports
from basketplan.publish.report.parts import bar, data_script, tag
from tests.plan.world import World
from tests.publish.printing import TIME, small, view

FR, AR, EN = (Texts.of(lang)[0] for lang in ("fr", "ar", "en"))


def page(texts: Texts = FR, audience: Audience = "coordinator", contacts: Path | None = None) -> str:
    plan, programme = small()
    return report_html(view(audience, contacts), texts, verify(plan, programme))


def flat(text: str) -> str:
    """Return text with every space a plain one."""
    return re.sub(r"\s+", " ", text)


class Seen(HTMLParser):
    """What a page holds: tags with their attributes, ids, text by tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.text.append(data)

    @property
    def words(self) -> str:
        return flat(" ".join(self.text))


def data_of(text: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found
    read: dict[str, object] = json.loads(found.group(1))
    return read


def test_says_what_the_plan_says() -> None:
    plan, _ = small()
    words = Seen(page()).words
    assert "Foyers servis : 6 sur 7." in words
    assert "1 foyer est laissé de côté : aucun véhicule ne peut y accéder." in words
    assert flat(FR.money(plan.metrics.cost_centimes)) in words
    for kind, centimes in plan.metrics.cost_by_kind.items():
        assert flat(FR.money(centimes)) in words, kind
    assert "63,3 %" in words
    assert "80,4 %" in words
    assert "Aucune règle n'est enfreinte." in words


@pytest.mark.parametrize(("texts", "direction"), [(FR, "ltr"), (AR, "rtl"), (EN, "ltr")])
def test_language_and_direction(texts: Texts, direction: str) -> None:
    root = Seen(page(texts)).tags[0]
    assert root == ("html", {"lang": texts.lang, "dir": direction})


def test_policy_allows_its_own_script_and_style_and_nothing_else() -> None:
    text = page()
    policy = next(attrs["content"] for tag_, attrs in Seen(text).tags if attrs.get("http-equiv"))
    assert policy is not None
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in policy
    for name in ("script", "style"):
        inner = re.search(rf"<{name}>(.*?)</{name}>", text, re.S)
        assert inner
        digest = base64.b64encode(hashlib.sha256(inner.group(1).encode()).digest()).decode()
        assert rules[f"{name}-src"] == f"'sha256-{digest}'"
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_loads_nothing() -> None:
    text = page()
    for tag_, attrs in Seen(text).tags:
        assert tag_ not in {"link", "iframe", "img", "object", "embed", "base"}
        for name, value in attrs.items():
            assert not name.startswith("on"), (tag_, name)
            assert name not in {"src", "style", "srcset", "action"}, (tag_, name)
            if name == "href":
                assert str(value).startswith("#")
    assert not re.findall(r"https?://(?!www\.w3\.org)", text)
    assert "url(" not in text
    assert "eval(" not in text


def hostile() -> View:
    world = World()
    world.raw["title"] = "</script><script>alert(1)</script>"
    world.raw["cooperatives"][0]["name"] = '<img src=x onerror="alert(2)">'
    world.raw["hubs"][0]["name"] = "</title><b>&amp;"
    for home in world.raw["households"]:
        home["zone"] = {"A": "<!--", "B": "B", "C": "C"}[home["zone"]]
    world.raw["hubs"][0]["zones"] = ["<!--", "B"]
    return View.of(World().priced(), world.programme(), None, "coordinator", time=TIME)


def test_names_are_never_markup() -> None:
    seen = Seen(text := report_html(hostile(), FR))
    assert [tag_ for tag_, _ in seen.tags].count("script") == 2
    assert not any(tag_ in {"img", "b"} for tag_, _ in seen.tags)
    assert "<!--" not in text.removeprefix("<!doctype html>")
    assert '<img src=x onerror="alert(2)">' in seen.words
    assert data_of(text)["zones"] == ["<!--", "B", "C"]


def test_pieces_escape() -> None:
    assert tag("p", "<a&b>", title='"x"') == '<p title="&quot;x&quot;">&lt;a&amp;b&gt;</p>'
    assert "</" not in data_script({"a": "</script><!--\u2028"})[:-9]
    assert 'width="100.00"' in bar(7)
    assert 'width="0.00"' in bar(-1)


def test_map_holds_every_household_once() -> None:
    data = data_of(page())
    homes = data["homes"]
    assert isinstance(homes, dict)
    assert homes["id"] == [f"h{n}" for n in range(1, 8)]
    assert homes["lon"][1] == 2_000
    assert homes["trip"][6] == -1
    trips = data["trips"]
    assert isinstance(trips, list)
    assert sorted(home for trip in trips for home in trip[9]) == [0, 1, 2, 3, 4, 5]
    # h3 gets two baskets: standard with argan, small with dates.
    mixtures = data["mixtures"]
    assert isinstance(mixtures, list)
    assert [len(mixtures[key]) // 3 for key in homes["baskets"][2]] == [3, 2]


def test_donors_see_no_household() -> None:
    text = page(audience="donor")
    words = Seen(text).words
    assert data_of(text)["homes"] is None
    content = text[text.index("<body>") : text.index('"use strict"')]
    for word in ("h1", "h7", "T0001", "van@west"):
        assert not re.search(rf"[^<\w/]{word}\b", content), word
    assert "1 foyer" not in words
    assert "6 foyers" not in words
    assert "Moins de 10 foyers" in words
    assert "Atlas" in words


def test_contacts_that_are_no_landmarks_stay_out(tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text("id,name,phone,landmark,address\nh1,MARKname,MARK0661,MARKmosque,MARKstreet\n", encoding="utf-8")
    seen = set(re.findall(r"MARK\w+", page(contacts=file)))
    assert seen == {"MARKmosque"}
    assert "MARK" not in page(audience="donor", contacts=file)


def test_broken_plans_say_so_on_top() -> None:
    plan, programme = small()
    broken = plan.model_copy(update={"metrics": plan.metrics.model_copy(update={"cost_centimes": 1})})
    result = verify(broken, programme)
    text = report_html(View.of(broken, programme, None, "coordinator", time=TIME), FR, result)
    words = Seen(text).words
    assert "Ce plan enfreint des règles et ne doit pas être utilisé." in words
    assert "V610" in words
    told_apart(result)
    lost = plan.model_copy(update={"unserved": (plan.unserved[0].model_copy(update={"household": "nobody"}),)})
    with pytest.raises(RejectedPlanError, match="V104"):
        told_apart(verify(lost, programme))


def test_files_are_named_by_language_and_same_bytes(tmp_path: Path) -> None:
    plan, programme = small()
    names = write_reports(view(), Texts.of("ar+fr"), tmp_path, verify(plan, programme))
    assert [file.name for file in names] == ["report.ar.html", "report.fr.html"]
    before = [file.read_bytes() for file in names]
    write_reports(view(), Texts.of("ar+fr"), tmp_path, verify(plan, programme))
    assert [file.read_bytes() for file in names] == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report.ar.html", "report.fr.html"]
    (donor,) = write_reports(view("donor"), Texts.of("fr"), tmp_path, verify(plan, programme))
    assert donor.name == "report.donor.fr.html"
    (exported,) = report(view(), Texts.of("en"), tmp_path, QuietReporter())
    assert exported.name == "small.en.html"
