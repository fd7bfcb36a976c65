"""The application: domains, error answers, sign-in and transactions put together.

Controllers only: function handlers that two applications share keep the first one's encoders.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib import import_module

from litestar import Controller, Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins.pydantic import PydanticPlugin

from backend.auth.api import AuthController, MeController
from backend.auth.middleware import Authentication
from backend.auth.passwords import Passwords
from backend.auth.service import Auth
from backend.auth.tokens import Tokens
from backend.db.engine import Database, make_engine
from backend.db.schema import prepare_database
from backend.domain import Domain, Presenter
from backend.errors import render
from backend.health import HealthController
from backend.metrics import Metering, Metrics, MetricsController
from backend.openapi import CompleteDocument
from backend.parts import Parts
from backend.ports import Ports
from backend.ports_memory import MemoryDelivery, MemoryNames, MemorySequencing
from backend.secret_key import load_secret_keys
from backend.segments.audience import SegmentAudience
from backend.settings import Settings
from backend.transaction import OrgTransaction, provide_batches, provide_work
from backend.write_limit import WriteLimit
from contract.clock import Clock
from contract.feed import Kind

DOMAINS = (
    *("contacts", "segments", "campaigns", "sequences", "accounts", "bounces", "tracking"),
    *("library", "versions"),
    *("orgs", "audit", "feed", "events"),
)
MAX_BODY = 2 * 1024 * 1024
VERSION = "0.1.0"
BOOTSTRAP_FILE = "bootstrap-token"

MakePorts = Callable[[Parts], Ports]
Background = Callable[[Parts, Ports], AbstractAsyncContextManager[None]]
"""Something that runs while the application does, such as the sending worker."""


def _domains() -> list[Domain]:
    found = [import_module(f"backend.{name}").domain for name in DOMAINS]
    return [domain for domain in found if isinstance(domain, Domain)]


def _presenters(domains: Sequence[Domain]) -> Mapping[Kind, Presenter]:
    return {kind: present for domain in domains for kind, present in domain.presenters.items()}


def _openapi() -> OpenAPIConfig:
    bearer = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
    return OpenAPIConfig(
        title="Handbill",
        version=VERSION,
        components=Components(security_schemes={"bearer": bearer}),
        security=[{"bearer": []}],
        render_plugins=[CompleteDocument()],
    )


def quiet_ports(parts: Parts) -> Ports:
    """Real segments, and a sending side that sends nothing."""
    del parts
    return Ports(SegmentAudience(), MemoryDelivery(), MemorySequencing(), MemoryNames())


def _running(
    parts: Parts, ports: Ports, background: Sequence[Background]
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """The lifespan: the database is prepared first and closed last."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        del app
        await prepare_database(parts.database.engine)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(parts.database.close)
            for start in background:
                await stack.enter_async_context(start(parts, ports))
            yield

    return lifespan


def build_app(
    settings: Settings,
    clock: Clock,
    *,
    make_ports: MakePorts = quiet_ports,
    background: Sequence[Background] = (),
    passwords: Passwords | None = None,
    write_limit: WriteLimit | None = None,
) -> Litestar:
    """The ASGI application; its lifespan prepares the database and runs what is in `background`."""
    keys = load_secret_keys(settings)
    parts = Parts(settings, clock, Database(make_engine(settings.database_url)), keys)
    ports = make_ports(parts)
    tokens = Tokens(keys)
    auth = Auth(parts.database, tokens, passwords or Passwords(), clock, settings.data_dir / BOOTSTRAP_FILE)
    metrics = Metrics(VERSION, parts.pokes)
    domains = _domains()
    presenters = _presenters(domains)
    controllers: list[type[Controller]] = [AuthController, MeController]
    controllers += [controller for domain in domains for controller in domain.controllers]
    pages = [page for domain in domains for page in domain.pages]

    return Litestar(
        [Router("/api", route_handlers=controllers), HealthController, MetricsController, *pages],
        dependencies={
            "work": Provide(provide_work),
            "batches": Provide(provide_batches),
            "auth": Provide(lambda: auth, sync_to_thread=False),
            "presenters": Provide(lambda: presenters, sync_to_thread=False),
        },
        middleware=[
            Metering(metrics, clock),
            Authentication(tokens, clock),
            OrgTransaction(parts, ports, write_limit),
        ],
        exception_handlers={Exception: render},
        plugins=[PydanticPlugin(prefer_alias=True)],
        lifespan=[_running(parts, ports, background)],
        logging_config=None,
        openapi_config=_openapi(),
        request_max_body_size=MAX_BODY,
        state=State({"parts": parts, "ports": ports, "auth": auth, "metrics": metrics}),
    )
