"""How long one For You shelf takes with the demo shop live: 1,000 shoppers drawn with a seed."""

from __future__ import annotations

import time
from dataclasses import replace
from http.client import HTTPConnection
from urllib.parse import quote, urlencode

import numpy as np

from benchmarks.demo import Demo
from benchmarks.processes import Server
from benchmarks.results import Result, at_most, percentile, told
from recsys.errors import AisleError
from recsys.releases.live import LiveShop, LiveView
from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule, RuleKind, Target
from recsys.rules.shelf_settings import DEFAULTS
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.types import Filters
from recsys.workflows.shelves import show_for_you

_SHOPPERS = 1_000
_WARM_UP = 50
_SEED = 7


def run(demo: Demo) -> list[Result]:
    """Measure in process and through the API, with filters on and off."""
    shop = LiveShop(demo.workspace())
    questions = draw_questions(shop.current())
    filtered = _in_process(shop, questions)
    plain_questions = [(user, Filters()) for user, _ in questions]
    plain = _in_process(shop, plain_questions)
    ruled = _under_rules(shop, plain_questions)
    with Server(demo.home).await_ready() as server:
        http = through_api(server.connect(), questions)
    return [
        told("one shelf in process, filters on: p50", percentile(filtered, 50), unit="ms"),
        at_most("one shelf in process, filters on: p95", percentile(filtered, 95), 6, unit="ms"),
        told("one shelf in process, filters off: p50", percentile(plain, 50), unit="ms"),
        at_most("one shelf in process, filters off: p95", percentile(plain, 95), 6, unit="ms"),
        told("one shelf, ten rules and diversity: p50", percentile(ruled, 50), unit="ms"),
        at_most("one shelf, ten rules and diversity: p95", percentile(ruled, 95), 8, unit="ms"),
        told("one shelf through the API, filters on: p50", percentile(http, 50), unit="ms"),
        at_most("one shelf through the API, filters on: p95", percentile(http, 95), 20, unit="ms"),
    ]


def draw_questions(view: LiveView, count: int = _SHOPPERS) -> list[tuple[str, Filters]]:
    """Draw shoppers, each with the department of some product and a price range around it."""
    release = view.release
    random = np.random.default_rng(_SEED)
    departments = release.catalogue.column("category").to_pylist()
    questions: list[tuple[str, Filters]] = []
    for user in random.integers(len(release.user_ids), size=count):
        item = int(random.integers(len(release.item_ids)))
        price = float(np.nan_to_num(view.price[item], nan=2.0))
        filters = Filters(departments[item], round(price / 4, 2), round(price * 4, 2))
        questions.append((release.user_ids.id(int(user)), filters))
    return questions


def through_api(client: HTTPConnection, questions: list[tuple[str, Filters]]) -> list[float]:
    """Return the seconds each question takes over one kept connection."""
    seconds: list[float] = []
    for user, filters in [*questions[:_WARM_UP], *questions]:
        path = f"/api/for-you/{quote(user)}?{urlencode(_parameters(filters))}"
        started = time.perf_counter()
        client.request("GET", path)
        answer = client.getresponse()
        body = answer.read()
        seconds.append(time.perf_counter() - started)
        if answer.status != 200:
            raise AisleError(f"{path} answered {answer.status}: {body[:200]!r}")
    client.close()
    return seconds[_WARM_UP:]


def _in_process(shop: LiveShop, questions: list[tuple[str, Filters]]) -> list[float]:
    seconds: list[float] = []
    for user, filters in [*questions[:_WARM_UP], *questions]:
        started = time.perf_counter()
        show_for_you(shop, user, filters=filters)
        seconds.append(time.perf_counter() - started)
    return seconds[_WARM_UP:]


def ten_rules(view: LiveView) -> RuleBook:
    """Return a book of ten rules of every kind but include only, and medium diversity."""
    release = view.release
    ids, departments = release.item_ids.ids, release.categories
    popular = [ids[int(row)] for row in np.argsort(-release.buyers, kind="stable")[:5]]
    says: list[tuple[RuleKind, Target]] = [
        ("pin", Target(items=(ids[5],))),
        ("pin", Target(items=(ids[100],))),
        ("hide", Target(items=tuple(popular))),
        ("hide", Target(categories=(departments[0],))),
        ("boost", Target(brands=("Private label",))),
        ("boost", Target(price_max=3.0)),
        ("boost", Target(categories=(departments[1],))),
        ("boost", Target(items=tuple(ids[:1_000]))),
        ("bury", Target(price_min=20.0)),
        ("bury", Target(stock_max=5)),
    ]
    rules = [Rule(id=n, kind=kind, target=target) for n, (kind, target) in enumerate(says, 1)]
    settings = DEFAULTS["for_you"].model_copy(update={"diversity": "medium"})
    return RuleBook(rule_set_id=-1, rules=tuple(rules), settings={"for_you": settings})


def _under_rules(shop: LiveShop, questions: list[tuple[str, Filters]]) -> list[float]:
    view = shop.current()
    view = replace(view, book=ten_rules(view))
    seconds: list[float] = []
    for user, filters in [*questions[:_WARM_UP], *questions]:
        started = time.perf_counter()
        show_shelf(view, ShelfRequest("for_you", user_id=user, filters=filters))
        seconds.append(time.perf_counter() - started)
    return seconds[_WARM_UP:]


def _parameters(filters: Filters) -> dict[str, str | float | None]:
    return {
        "category": filters.category,
        "price_min": filters.price_min,
        "price_max": filters.price_max,
    }
