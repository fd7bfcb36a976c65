"""The pages behind a mail's links, in a real browser without scripts, from a mail that was really sent."""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.browser import CHROMIUM, Browser
from tests.e2e.public import Sent, sent_mail

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")

READABLE = 4.5
NARROW = (320, 640)


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    with sent_mail(tmp_path_factory.mktemp("server")) as sent:
        yield sent


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def browser(window: Browser, mail: Sent) -> Browser:
    mail.forget()
    window.look()
    return window


def soon(found: Callable[[], object], wanted: object) -> None:
    """Opens and clicks are written down every few seconds."""
    end = time.monotonic() + 60
    while (last := found()) != wanted:
        assert time.monotonic() < end, last
        time.sleep(0.2)


class TestUnsubscribing:
    def test_looking_does_nothing_and_the_button_does_it(self, browser: Browser, mail: Sent):
        browser.open(mail.link("u"))
        assert "Unsubscribe?" in browser.words
        assert "a***@example.org" in browser.words
        assert mail.contact["status"] == "subscribed"
        browser.press("button")
        assert "You are unsubscribed" in browser.words
        assert mail.contact["status"] == "unsubscribed"
        browser.open(mail.link("u"))
        assert "You are unsubscribed" in browser.words, "who comes back is told so"
        assert mail.response["unsubscribed"] == 1


class TestPreferences:
    def test_what_is_filled_in_is_saved_and_shown_again(self, browser: Browser, mail: Sent):
        browser.open(mail.link("p"))
        browser.fill("#name", "Ann Bee")
        browser.fill("#field-town", "Bath")
        browser.ask("document.querySelector('[name=field-offers]').checked = true")
        browser.press("button[value=save]")
        assert "Your preferences are saved." in browser.words
        assert browser.ask("document.querySelector('#field-town').value") == "Bath"
        assert mail.contact["name"] == "Ann Bee"
        assert mail.contact["fields"] == {"offers": True, "town": "Bath"}

    def test_one_leaves_and_comes_back(self, browser: Browser, mail: Sent):
        browser.open(mail.link("p"))
        browser.press("button[value=leave]")
        assert "You are unsubscribed" in browser.words
        assert mail.contact["status"] == "unsubscribed"
        browser.press("button[value=return]")
        assert mail.contact["status"] == "subscribed"


class TestMail:
    def test_in_the_browser_it_reads_as_it_was_sent(self, browser: Browser, mail: Sent):
        browser.open(mail.link("v"))
        assert "Dear Ann" in browser.words
        assert "1 Main Street" in browser.words

    def test_a_click_lands_at_the_links_target_and_is_counted_as_a_persons(
        self, browser: Browser, mail: Sent
    ):
        mail.lies_there()
        browser.open(mail.link("t"))
        assert "You have arrived" in browser.words
        assert browser.address.endswith("/for/Ann")
        soon(lambda: mail.response["clicked"], 1)
        assert mail.response["opened"] == 1, "whoever follows a link has opened"

    def test_the_picture_shows_nothing(self, browser: Browser, mail: Sent):
        browser.open(mail.link("o"))
        assert browser.ask("document.images[0].naturalWidth") == 1


def _ask(browser: Browser, mail: Sent) -> None:
    browser.open(mail.link("u"))


def _done(browser: Browser, mail: Sent) -> None:
    browser.open(mail.link("u"))
    browser.press("button")


def _preferences(browser: Browser, mail: Sent) -> None:
    browser.open(mail.link("p"))


def _saved(browser: Browser, mail: Sent) -> None:
    browser.open(mail.link("p"))
    browser.press("button[value=save]")


def _left(browser: Browser, mail: Sent) -> None:
    browser.open(mail.link("p"))
    browser.press("button[value=leave]")


def _invalid(browser: Browser, mail: Sent) -> None:
    browser.open(f"{mail.site}/u/no-such-link")


def _dead_link(browser: Browser, mail: Sent) -> None:
    browser.open(f"{mail.link('t')[:-1]}1")


PAGES = (_ask, _done, _preferences, _saved, _left, _invalid, _dead_link)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__.strip("_"))
class TestEveryPage:
    def test_it_can_be_read_in_light_and_dark(
        self, browser: Browser, mail: Sent, page: Callable[[Browser, Sent], None]
    ):
        for scheme in ("light", "dark"):
            browser.look(scheme=scheme)
            page(browser, mail)
            mail.forget()
            found = browser.contrasts()
            assert found
            assert [(words, ratio) for words, ratio in found if ratio < READABLE] == []

    def test_it_fits_a_narrow_phone(
        self, browser: Browser, mail: Sent, page: Callable[[Browser, Sent], None]
    ):
        browser.look(*NARROW)
        page(browser, mail)
        assert browser.overflow() <= 0

    def test_it_says_its_language_its_title_and_what_every_control_is(
        self, browser: Browser, mail: Sent, page: Callable[[Browser, Sent], None]
    ):
        page(browser, mail)
        assert browser.ask("document.documentElement.lang") == "en"
        assert browser.ask("document.title")
        assert browser.ask("document.querySelectorAll('h1').length") == 1
        assert [control for control in browser.names() if not control[1]] == []
        assert browser.ask("document.scripts.length") == 0
