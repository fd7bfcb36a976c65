"""An example of every request body, as a person would send it. A test sends each of them.

Ids in them are of the right form and belong to nothing.
"""

from typing import Any

from pydantic import BaseModel

from contract import (
    accounts,
    auth,
    bounces,
    campaigns,
    contacts,
    delivery,
    dkim,
    library,
    members,
    segments,
    sequences,
    simulation,
    suppressions,
)

_SEGMENT = "01981f60-2c00-7000-8000-000000000001"
_VERSION = "2026-03-02T09:00:00.000000Z"
_FILTER = {"all": [{"field": "status", "op": "eq", "value": "subscribed"}]}
_DOCUMENT: dict[str, Any] = {
    "version": 1,
    "subject": "News from the bakery",
    "preheader": "Rye is back",
    "blocks": [
        {"id": "hello", "type": "text", "text": "Hello {{ name | there }}, **rye** is back."},
        {"id": "shop", "type": "button", "label": "See the breads", "href": "https://example.com/rye"},
        {"id": "end", "type": "footer", "address": "1 Main Street, Springfield"},
    ],
}
_STEPS = [{"id": "welcome", "delayHours": 24, "contentJson": _DOCUMENT}]

EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {
    auth.Login: {"email": "olive@example.com", "password": "correct horse battery"},
    auth.Bootstrap: {"token": "from-the-file-in-the-data-folder"},
    members.AcceptInvitation: {"token": "from-the-invitation", "password": "correct horse battery"},
    auth.Refresh: {"refreshToken": "from-an-earlier-answer"},
    auth.PasswordChange: {"password": "the one until now", "newPassword": "staple of the bakery"},
    auth.Switch: {"orgId": "2"},
    members.OrganisationPatch: {"membersMaySend": False},
    members.MemberInvite: {"email": "mel@example.com", "role": "MEMBER"},
    members.MemberPatch: {"role": "ADMIN"},
    contacts.ContactCreate: {"email": "ada@example.com", "name": "Ada", "timeZone": "Europe/Berlin"},
    contacts.ContactPatch: {"name": "Ada Lovelace", "updatedAt": _VERSION},
    contacts.ContactBulk: {"action": "unsubscribe", "contactIds": ["1", "2"]},
    suppressions.SuppressionCreate: {"email": "ada@example.com"},
    contacts.FieldCreate: {"key": "plan", "type": "choice", "label": "Plan", "choices": ["free", "pro"]},
    contacts.FieldPatch: {"onPreferences": True},
    segments.SegmentCreate: {"name": "Subscribers", "dslJson": _FILTER},
    segments.SegmentPatch: {"name": "All subscribers", "updatedAt": _VERSION},
    segments.MembersRequest: {"contactIds": ["1", "2"]},
    segments.PreviewRequest: {"text": "status = subscribed"},
    segments.ExplainRequest: {"dslJson": _FILTER, "contactId": "1"},
    campaigns.CampaignCreate: {"name": "Rye", "contentJson": _DOCUMENT},
    campaigns.CampaignAutosave: {"contentJson": _DOCUMENT, "updatedAt": _VERSION},
    campaigns.CampaignPatch: {"name": "Rye again", "segmentId": _SEGMENT},
    campaigns.CampaignSend: {"updatedAt": _VERSION, "undoSeconds": 10},
    campaigns.CampaignApprove: {"updatedAt": _VERSION, "audienceHash": "from-the-audience"},
    campaigns.CampaignTest: {"to": ["olive@example.com"], "contactId": "1"},
    delivery.Resend: {"deliveryIds": ["1", "2"]},
    library.SavedMailCreate: {"kind": "template", "name": "Letter", "contentJson": _DOCUMENT},
    library.SavedMailPatch: {"name": "Monthly letter", "updatedAt": _VERSION},
    sequences.SequenceCreate: {"name": "Welcome", "steps": _STEPS},
    sequences.SequenceAutosave: {"steps": _STEPS, "updatedAt": _VERSION},
    sequences.SequencePatch: {"status": "PAUSED"},
    sequences.StepsPatch: {"steps": _STEPS},
    sequences.Activate: {"planHash": "from-the-plan"},
    simulation.Simulate: {"email": "ada@example.com"},
    sequences.SequenceResume: {"overdue": "spread", "hours": 24},
    accounts.SendingAccountCreate: {
        "name": "Newsletter",
        "host": "smtp.example.com",
        "port": 587,
        "username": "news",
        "password": "a secret",
        "fromName": "The Bakery",
        "fromEmail": "news@example.com",
    },
    accounts.SendingAccountPatch: {"rate": 50, "dailyCap": 20_000},
    accounts.SendingAccountPause: {"reason": "until the contract is signed"},
    bounces.BounceRead: {"message": "U3ViamVjdDogcmV0dXJuZWQNCg0KSGVsbG8NCg=="},
    dkim.DkimKeyCreate: {"accountId": "1", "algorithm": "ed25519", "selector": "news"},
}
"""By the model that reads them."""

UPLOADS = {"text/csv": "email,name\nada@example.com,Ada\n"}
"""By media type, for bodies that are not JSON: a route says `opt={"upload": "text/csv"}`."""
