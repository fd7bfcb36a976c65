"""The small table: for each operation who may, what succeeds, what does not fit the present state.

A text that begins with `$` in a body is made anew for each request: `$segment` is the id of a new segment.
An operation that is not here fails `test_every_operation_has_a_rule`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from contract.roles import Role
from tests.backend.conftest import PASSWORD, document


class Who(StrEnum):
    """The least that is asked of who calls."""

    ANYONE = auto()
    MEMBERS = auto()
    ADMINS = auto()
    OWNERS = auto()

    def lets(self, role: Role) -> bool:
        """Whether a signed-in person of this role may."""
        refused = {Who.ADMINS: (Role.MEMBER,), Who.OWNERS: (Role.MEMBER, Role.ADMIN)}
        return role not in refused.get(self, ())


@dataclass(frozen=True, slots=True)
class Conflict:
    """A request that is refused with 409: on a target in this state, with this body and query.

    It is for whom the operation is for, unless `who` asks for more.
    """

    target: str | None = None
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    code: str = "stale_write"
    who: Who = Who.MEMBERS


@dataclass(frozen=True, slots=True)
class Rule:
    """`target` is the state in which what the path names must be; `upload` a body that is not JSON.

    `writes` says that the organisation's limit on writes counts it; `wrong` is a body that is well formed
    and not a right to anything. What `ends_sessions` of the caller is called by someone nobody else needs.
    """

    who: Who = Who.MEMBERS
    target: str | None = None
    body: Any = None
    upload: bytes | None = None
    conflict: Conflict | None = None
    wrong: Any = None
    writes: bool = True
    ends_sessions: bool = False


DOCUMENT = document()
STEPS = [{"id": "first", "delayHours": 1, "contentJson": DOCUMENT}]
STALE = {"updatedAt": "another version"}
EVERYONE: dict[str, Any] = {"all": []}
READ = Rule(writes=False)
ACCOUNT = {"name": "Main", "host": "localhost", "port": 25, "fromEmail": "news@acme.example"}


def _shown(target: str) -> Rule:
    return Rule(target=target, writes=False)


RULES: dict[str, Rule] = {
    "GET /health/live": Rule(Who.ANYONE, writes=False),
    "GET /health/ready": Rule(Who.ANYONE, writes=False),
    "GET /metrics": Rule(Who.ANYONE, writes=False),
    "POST /api/auth/login": Rule(
        Who.ANYONE,
        body={"email": "olive@acme.example", "password": PASSWORD},
        wrong={"email": "olive@acme.example", "password": "a guess"},
        writes=False,
    ),
    "POST /api/auth/bootstrap": Rule(
        Who.ANYONE, body={"token": "$bootstrap_token"}, wrong={"token": "a guess"}, writes=False
    ),
    "POST /api/auth/accept-invitation": Rule(
        Who.ANYONE,
        body={"token": "$invitation_token", "password": PASSWORD},
        wrong={"token": "a guess", "password": PASSWORD},
        writes=False,
    ),
    "POST /api/auth/refresh": Rule(
        Who.ANYONE, body={"refreshToken": "$refresh_token"}, wrong={"refreshToken": "a guess"}, writes=False
    ),
    "POST /api/auth/logout": Rule(writes=False),
    "POST /api/auth/password": Rule(
        body={"password": PASSWORD, "newPassword": PASSWORD}, writes=False, ends_sessions=True
    ),
    "POST /api/auth/switch": Rule(body={"orgId": "$own_org"}, writes=False),
    "GET /api/me": READ,
    "GET /api/org": READ,
    "PATCH /api/org": Rule(Who.OWNERS, body={"name": "Acme"}),
    "GET /api/members": READ,
    "POST /api/members": Rule(
        Who.ADMINS,
        body={"email": "$email"},
        conflict=Conflict(body={"email": "olive@acme.example"}, code="conflict"),
    ),
    "PATCH /api/members/{user_id}": Rule(
        Who.ADMINS,
        target="colleague",
        body={"role": "ADMIN"},
        conflict=Conflict("only_owner", {"role": "MEMBER"}, code="conflict", who=Who.OWNERS),
    ),
    "DELETE /api/members/{user_id}": Rule(
        Who.ADMINS,
        target="colleague",
        conflict=Conflict("only_owner", code="conflict", who=Who.OWNERS),
    ),
    "DELETE /api/members/invitations/{invitation_id}": Rule(Who.ADMINS, target="invitation"),
    "GET /api/contacts": READ,
    "POST /api/contacts": Rule(
        body={"email": "$email", "name": "Ada", "timeZone": "Europe/Berlin", "fields": {}},
        conflict=Conflict(body={"email": "$taken_email"}, code="email_taken"),
    ),
    "POST /api/contacts/import": Rule(upload=b"email,name\nada@example.com,Ada\n"),
    "GET /api/contacts/{contact_id}": _shown("contact"),
    "PATCH /api/contacts/{contact_id}": Rule(
        target="contact", body={"name": "Ada"}, conflict=Conflict("contact", {"name": "Ada", **STALE})
    ),
    "DELETE /api/contacts/{contact_id}": Rule(Who.ADMINS, target="contact"),
    "GET /api/contacts/{contact_id}/timeline": _shown("contact"),
    "POST /api/contacts/bulk": Rule(body={"action": "unsubscribe", "contactIds": ["$contact"]}),
    "GET /api/suppressions": READ,
    "POST /api/suppressions": Rule(body={"email": "$email"}),
    "DELETE /api/suppressions/{address_hash}": Rule(
        Who.ADMINS, target="suppression", conflict=Conflict("complaint", code="conflict")
    ),
    "GET /api/audit": Rule(Who.ADMINS, writes=False),
    "GET /api/fields": READ,
    "POST /api/fields": Rule(
        body={"key": "$field_key", "type": "text", "label": "Plan"},
        conflict=Conflict(body={"key": "email", "type": "text", "label": "E-mail"}, code="conflict"),
    ),
    "PATCH /api/fields/{key}": Rule(target="field", body={"label": "Level", "onPreferences": True}),
    "GET /api/segments": READ,
    "POST /api/segments": Rule(
        body={"name": "All", "dslJson": EVERYONE},
        conflict=Conflict(body={"id": "$segment", "name": "All", "dslJson": EVERYONE}, code="id_taken"),
    ),
    "POST /api/segments/preview": Rule(body={"dslJson": EVERYONE, "segmentId": "$segment"}, writes=False),
    "POST /api/segments/explain": Rule(
        body={"dslJson": EVERYONE, "contactId": "$contact", "segmentId": "$segment"}, writes=False
    ),
    "GET /api/segments/{row_id}": _shown("segment"),
    "GET /api/segments/{row_id}/lacking": _shown("segment"),
    "PATCH /api/segments/{row_id}": Rule(
        target="segment", body={"name": "Some"}, conflict=Conflict("segment", {"name": "Some", **STALE})
    ),
    "DELETE /api/segments/{row_id}": Rule(
        Who.ADMINS, target="segment", conflict=Conflict("segment", query=STALE)
    ),
    "POST /api/segments/{row_id}/members": Rule(target="segment", body={"contactIds": ["$contact"]}),
    "DELETE /api/segments/{row_id}/members": Rule(target="segment", body={"contactIds": ["$contact"]}),
    "GET /api/campaigns": READ,
    "POST /api/campaigns": Rule(
        body={"name": "May", "contentJson": DOCUMENT, "segmentId": "$segment"},
        conflict=Conflict(body={"id": "$draft", "name": "May", "contentJson": DOCUMENT}, code="id_taken"),
    ),
    "GET /api/campaigns/{row_id}": _shown("draft"),
    "POST /api/campaigns/{row_id}": Rule(
        target="draft",
        body={"name": "June", "segmentId": "$segment", "updatedAt": "$version"},
        conflict=Conflict("draft", {"name": "June", **STALE}),
    ),
    "PATCH /api/campaigns/{row_id}": Rule(
        target="draft",
        body={"name": "June", "segmentId": "$segment"},
        conflict=Conflict("draft", {"name": "June", **STALE}),
    ),
    "DELETE /api/campaigns/{row_id}": Rule(
        Who.ADMINS, target="draft", conflict=Conflict("draft", query=STALE)
    ),
    "POST /api/campaigns/{row_id}/send": Rule(
        target="draft", body={}, conflict=Conflict("unaddressed", {}, code="segment_missing")
    ),
    "POST /api/campaigns/{row_id}/pause": Rule(
        target="scheduled", conflict=Conflict("draft", code="bad_transition")
    ),
    "POST /api/campaigns/{row_id}/resume": Rule(
        target="paused", conflict=Conflict("draft", code="bad_transition")
    ),
    "POST /api/campaigns/{row_id}/cancel": Rule(
        target="scheduled", conflict=Conflict("draft", code="bad_transition")
    ),
    "POST /api/campaigns/{row_id}/test": Rule(
        target="draft", body={"to": ["ada@example.com"], "contactId": "$contact"}, writes=False
    ),
    "GET /api/campaigns/{row_id}/audience": Rule(
        target="draft", conflict=Conflict("unaddressed", code="segment_missing"), writes=False
    ),
    "GET /api/campaigns/{row_id}/preflight": Rule(
        target="draft", conflict=Conflict("unaddressed", code="segment_missing"), writes=False
    ),
    "GET /api/campaigns/{row_id}/report": _shown("draft"),
    "GET /api/campaigns/{row_id}/deliveries": _shown("draft"),
    "POST /api/campaigns/{row_id}/resend": Rule(
        target="paused", body={}, conflict=Conflict("draft", {}, code="bad_transition")
    ),
    "GET /api/outbox": READ,
    "GET /api/sequences": READ,
    "POST /api/sequences": Rule(
        body={"name": "Welcome", "steps": STEPS, "segmentId": "$segment"},
        conflict=Conflict(body={"id": "$sequence", "name": "Welcome", "steps": []}, code="id_taken"),
    ),
    "GET /api/sequences/{row_id}": _shown("sequence"),
    "POST /api/sequences/{row_id}": Rule(
        target="sequence",
        body={"name": "Hello", "steps": STEPS, "segmentId": "$segment", "updatedAt": "$version"},
        conflict=Conflict("sequence", {"name": "Hello", **STALE}),
    ),
    "PATCH /api/sequences/{row_id}": Rule(
        target="sequence",
        body={"name": "Hello", "segmentId": "$segment"},
        conflict=Conflict("sequence", {"name": "Hello", **STALE}),
    ),
    "PATCH /api/sequences/{row_id}/steps": Rule(
        target="sequence", body={"steps": STEPS}, conflict=Conflict("sequence", {"steps": STEPS, **STALE})
    ),
    "DELETE /api/sequences/{row_id}": Rule(
        Who.ADMINS, target="sequence", conflict=Conflict("sequence", query=STALE)
    ),
    "GET /api/sequences/{row_id}/plan": _shown("sequence"),
    "GET /api/sequences/{row_id}/enrolments": _shown("sequence"),
    "POST /api/sequences/{row_id}/resend": Rule(
        Who.ADMINS,
        target="paused_sequence",
        body={},
        conflict=Conflict("sequence", {}, code="bad_transition"),
    ),
    "GET /api/sequences/{row_id}/report": _shown("sequence"),
    "GET /api/sequences/{row_id}/progress": _shown("sequence"),
    "GET /api/sequences/{row_id}/deliveries": _shown("sequence"),
    "POST /api/sequences/{row_id}/simulate": Rule(
        target="sequence", body={"email": "ann@acme.example", "draft": True}, writes=False
    ),
    "POST /api/sequences/{row_id}/activate": Rule(
        Who.ADMINS,
        target="sequence",
        body={},
        conflict=Conflict("sequence", {"planHash": "another plan"}, code="plan_drifted"),
    ),
    "POST /api/sequences/{row_id}/pause": Rule(
        target="active_sequence", conflict=Conflict("sequence", code="bad_transition")
    ),
    "POST /api/sequences/{row_id}/resume": Rule(
        Who.ADMINS,
        target="paused_sequence",
        body={"overdue": "shift"},
        conflict=Conflict("sequence", {}, code="bad_transition"),
    ),
    "GET /api/sequences/{row_id}/pause": _shown("sequence"),
    "POST /api/campaigns/{row_id}/approve": Rule(
        target="draft",
        body={"updatedAt": "$version", "audienceHash": "$audience"},
        conflict=Conflict("draft", {"audienceHash": "$audience", **STALE}),
    ),
    "GET /api/campaigns/{row_id}/approval": _shown("draft"),
    "GET /api/versions": READ,
    "GET /api/versions/{version_id}": _shown("earlier_version"),
    "GET /api/saved-mails": READ,
    "POST /api/saved-mails": Rule(
        body={"kind": "snippet", "name": "Header", "contentJson": DOCUMENT},
        conflict=Conflict(
            body={"id": "$savedMail", "kind": "snippet", "name": "Header", "contentJson": DOCUMENT},
            code="id_taken",
        ),
    ),
    "GET /api/saved-mails/{row_id}": _shown("savedMail"),
    "PATCH /api/saved-mails/{row_id}": Rule(
        target="savedMail", body={"name": "Top"}, conflict=Conflict("savedMail", {"name": "Top", **STALE})
    ),
    "DELETE /api/saved-mails/{row_id}": Rule(Who.ADMINS, target="savedMail"),
    "GET /api/sending-accounts": READ,
    "GET /api/sending-accounts/{account_id}/deliverability": _shown("account"),
    "POST /api/sending-accounts": Rule(Who.ADMINS, body=ACCOUNT),
    "DELETE /api/sending-accounts/{account_id}": Rule(
        Who.ADMINS, target="account", conflict=Conflict("account_in_use", code="conflict")
    ),
    "PATCH /api/sending-accounts/{account_id}": Rule(Who.ADMINS, target="account", body={"rate": 5}),
    "POST /api/sending-accounts/{account_id}/test": Rule(Who.ADMINS, target="account", writes=False),
    "POST /api/sending-accounts/{account_id}/pause": Rule(
        Who.ADMINS, target="account", body={"reason": "the contract ended"}
    ),
    "POST /api/sending-accounts/{account_id}/default": Rule(Who.ADMINS, target="account"),
    "POST /api/sending-accounts/{account_id}/resume": Rule(Who.ADMINS, target="account"),
    "POST /api/bounces": Rule(body={"message": "U3ViamVjdDogeA0KDQo="}),
    "GET /api/dkim-keys": READ,
    "POST /api/dkim-keys": Rule(
        Who.ADMINS,
        body={"accountId": "$account", "algorithm": "ed25519"},
        conflict=Conflict(
            body={"accountId": "$signed_account", "algorithm": "ed25519", "selector": "news"}, code="conflict"
        ),
    ),
    "POST /api/dkim-keys/{key_id}/activate": Rule(Who.ADMINS, target="key"),
    "DELETE /api/dkim-keys/{key_id}": Rule(Who.ADMINS, target="key"),
    "GET /api/sync/changes": READ,
    "GET /api/events": READ,
}

OUTSIDE_THE_DOCUMENT = {"/u/{token}", "/p/{token}", "/v/{token}", "/t/{token}", "/o/{name}"}
"""Pages for people, under a signed token; everything else that answers is in the OpenAPI document."""
