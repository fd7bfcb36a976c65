"""What a client finds when it opens the demo: signed in at once, and every document in the feed."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.app import BOOTSTRAP_FILE, build_app
from backend.assembly import Options, assemble
from backend.db.models.org import Org
from backend.first_start import ensure_bootstrap_token, ensure_organisation
from backend.settings import Settings
from contract.clock import ManualClock
from tests.backend.conftest import CHEAP, Member, Server
from tests.backend.lifespan import running


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The demo is for one person's computer."""
    return f"sqlite+aiosqlite:///{tmp_path / 'handbill.db'}"


@pytest.fixture
async def server(settings: Settings, clock: ManualClock, demo_file: Path) -> AsyncIterator[Server]:
    shutil.copy(demo_file, settings.data_dir / "handbill.db")
    make_ports, _ = assemble(Options(worker=False))
    app = build_app(settings, clock, make_ports=make_ports, passwords=CHEAP)
    async with running(app):
        server = Server(app, clock)
        yield server
        for client in server.clients:
            await client.aclose()


@pytest.fixture
async def owner(server: Server) -> Member:
    return await server.sign_in(1, 1)


async def test_a_fresh_client_pulls_every_document(owner: Member) -> None:
    pulled = (await owner.ok("GET", "/sync/changes?limit=500"))["changes"]
    names = {(change["kind"], change["row"]["name"]) for change in pulled if change.get("row")}
    assert {name for kind, name in names if kind == "campaign"} >= {
        "Spring offer",
        "Autumn catalogue",
        "Weekend letter",
        "Welcome to the new shop",
    }
    assert {name for kind, name in names if kind == "sequence"} == {"First steps", "Win back"}
    assert {name for kind, name in names if kind == "segment"} == {
        "Pro customers",
        "Everyone subscribed",
        "Renewing within 30 days",
        "VIPs in Lisbon",
        "Team customers",
        "Customers in Portugal",
        "Tasting panel (picked by hand)",
        "Read a letter within 60 days",
    }
    assert not any(change["deleted"] for change in pulled)


async def test_the_running_sequence_has_nothing_unpublished(owner: Member) -> None:
    listed = (await owner.ok("GET", "/sequences"))["sequences"]
    states = {s["name"]: (s["status"], s["publishedRevision"], s["unpublishedChanges"]) for s in listed}
    assert states == {"First steps": ("ACTIVE", 1, False), "Win back": ("DRAFT", 0, False)}
    delays = {s["name"]: [step["delayHours"] for step in s["steps"]] for s in listed}
    assert delays["Win back"] == [48, 0, 72]


async def test_the_spring_offer_is_one_choice_away_from_being_sent(owner: Member) -> None:
    campaigns = (await owner.ok("GET", "/campaigns"))["campaigns"]
    segments = (await owner.ok("GET", "/segments"))["segments"]
    spring = next(c for c in campaigns if c["name"] == "Spring offer")
    pro = next(s for s in segments if s["name"] == "Pro customers")
    await owner.refused(409, "segment_missing", "POST", f"/campaigns/{spring['id']}/send", {})
    chosen = {"segmentId": pro["id"], "updatedAt": spring["updatedAt"]}
    await owner.ok("PATCH", f"/campaigns/{spring['id']}", chosen)
    funnel = await owner.ok("GET", f"/campaigns/{spring['id']}/audience")
    assert funnel["matched"] == pro["memberCount"]
    assert 0.9 * funnel["matched"] < funnel["willSend"] <= funnel["matched"]
    await owner.ok("POST", f"/campaigns/{spring['id']}/send", {"undoSeconds": 10})


async def test_win_back_can_be_reordered_and_activated_for_a_few_people(owner: Member) -> None:
    listed = (await owner.ok("GET", "/sequences"))["sequences"]
    win_back = next(s for s in listed if s["name"] == "Win back")
    seat, cup, quiet = win_back["steps"]
    await owner.ok("PATCH", f"/sequences/{win_back['id']}/steps", {"steps": [cup, seat, quiet]})
    plan = await owner.ok("GET", f"/sequences/{win_back['id']}/plan")
    assert 15 <= plan["willEnrol"] == plan["dueNow"] <= 40
    activated = await owner.ok(
        "POST", f"/sequences/{win_back['id']}/activate", {"planHash": plan["planHash"]}
    )
    assert activated["sequence"]["status"] == "ACTIVE"


async def test_publishing_the_running_sequence_again_moves_and_mails_nobody(owner: Member) -> None:
    listed = (await owner.ok("GET", "/sequences"))["sequences"]
    running = next(s for s in listed if s["name"] == "First steps")
    plan = await owner.ok("GET", f"/sequences/{running['id']}/plan")
    assert plan["active"] == running["activeEnrolments"] > 50
    assert (plan["willEnrol"], plan["dueNow"], plan["moved"]) == (0, 0, False)


async def test_a_contact_shows_its_typed_fields(owner: Member) -> None:
    page = await owner.ok("GET", "/contacts?limit=100")
    assert page["total"] == 10_000
    kinds = {key: type(value) for c in page["contacts"] for key, value in c["fields"].items()}
    assert kinds["vip"] is bool
    assert kinds["city"] is kinds["plan"] is str


async def test_the_first_start_of_a_demo_makes_it_and_a_plain_one_does_not(
    settings: Settings, clock: ManualClock
) -> None:
    make_ports, _ = assemble(Options(worker=False, demo=True))
    app = build_app(settings, clock, make_ports=make_ports, passwords=CHEAP)
    async with running(app):
        server = Server(app, clock)
        await ensure_organisation(server.database, CHEAP, clock, demo=True)
        await ensure_organisation(server.database, CHEAP, clock)
        ensure_bootstrap_token(settings.data_dir / BOOTSTRAP_FILE)
        token = (settings.data_dir / BOOTSTRAP_FILE).read_text()
        session = await app.state.auth.bootstrap(token)
        assert session.org.name == "Kettle & Crumb"
        async with server.database.system_reader() as reading:
            assert await reading.scalar(select(func.count()).select_from(Org)) == 1
