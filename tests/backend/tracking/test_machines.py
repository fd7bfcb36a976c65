"""Which fetches are a person's. Each agent here is what a real program says."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.tracking.machines import Fetch, links_in_bursts, why_machine_clicked, why_machine_opened

LATER = timedelta(minutes=10)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
    "Safari/537.36 Edg/126.0.0.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
CUBOT = "Mozilla/5.0 (Linux; Android 12; CUBOT P60) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GMAIL_AHEAD = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17726; Pro)"
OFFICE_PROBE = "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"
ROBOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23.20.0",
    "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 BarracudaCentral",
    "curl/8.5.0",
    "python-requests/2.32",
    "Go-http-client/1.1",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0 Safari/537.36",
)


def fetch(agent: str, after: timedelta | None = LATER, method: str = "GET", **headers: str) -> Fetch:
    return Fetch(method, {"user-agent": agent, **headers}, after)


@pytest.mark.parametrize("agent", [FIREFOX, CHROME, IPHONE, CUBOT, YAHOO, GMAIL, OUTLOOK])
def test_readers_and_the_proxies_that_load_when_they_read_are_people(agent):
    assert why_machine_opened(fetch(agent)) is None


@pytest.mark.parametrize("agent", [FIREFOX, CHROME, IPHONE, CUBOT])
def test_browsers_follow_links_for_people(agent):
    assert why_machine_clicked(fetch(agent)) is None


@pytest.mark.parametrize("agent", ["Mozilla/5.0", " Mozilla/5.0 ", GMAIL_AHEAD, "", *ROBOTS])
def test_what_loads_ahead_or_calls_itself_a_robot_is_a_machine(agent):
    assert why_machine_opened(fetch(agent))
    assert why_machine_clicked(fetch(agent))


def test_office_opens_for_a_reader_but_looks_at_links_by_itself():
    for agent in (OUTLOOK, OFFICE_PROBE):
        assert why_machine_clicked(fetch(agent))
    assert why_machine_opened(fetch(OUTLOOK)) is None


@pytest.mark.parametrize("after", [None, timedelta(seconds=-1), timedelta(), timedelta(seconds=4.9)])
def test_nobody_reads_a_mail_before_or_as_soon_as_it_arrives(after):
    for agent in (FIREFOX, GMAIL):
        assert why_machine_opened(fetch(agent, after))
    assert why_machine_clicked(fetch(FIREFOX, after))
    assert why_machine_clicked(fetch(FIREFOX, timedelta(seconds=5))) is None


def test_asking_for_headers_alone_or_loading_ahead_by_its_own_word_is_a_machines():
    assert why_machine_clicked(fetch(FIREFOX, method="HEAD"))
    for header in ("purpose", "sec-purpose", "x-moz"):
        assert why_machine_opened(fetch(FIREFOX, **{header: "Prefetch;prerender"}))
    assert why_machine_clicked(fetch(IPHONE, **{"x-purpose": "preview"}))


NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def clicks(*seconds: float) -> list[tuple[int, datetime]]:
    return [(link, NOON + timedelta(seconds=second)) for link, second in enumerate(seconds)]


def test_links_that_are_followed_all_at_once_are_a_scanners():
    assert links_in_bursts(clicks(0, 1, 2)) == {0, 1, 2}
    assert links_in_bursts(clicks(3, 60, 2, 7)) == {0, 2, 3}, "in whatever order they came"
    assert links_in_bursts(clicks(0, 2.5, 5, 5.1)) == {0, 1, 2, 3}


def test_a_reader_who_follows_one_or_two_or_takes_time_is_a_person():
    assert links_in_bursts(clicks(0, 1)) == set()
    assert links_in_bursts(clicks(0, 4, 8, 12)) == set()
    assert links_in_bursts([(1, NOON), (1, NOON), (1, NOON)]) == set(), "one link thrice is one link"
