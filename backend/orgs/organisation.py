"""What an organisation has set. Its row lies outside the border, so each statement names it."""

from sqlalchemy import select, update

from backend.db.feed import FeedChange
from backend.db.models.org import Org
from backend.local_times import require_zone
from backend.work import Work
from contract.feed import Kind
from contract.members import Organisation, OrganisationPatch
from contract.problems import ForbiddenError
from contract.roles import Role

SET = (
    *(Org.name, Org.members_may_send, Org.needs_approval, Org.daily_cap),
    *(Org.frequency_mails, Org.frequency_days, Org.track_opens, Org.track_clicks, Org.time_zone),
)
OUTSIDE = {"unscoped": True, "synchronize_session": False}


async def show(work: Work) -> Organisation:
    """The actor's own."""
    query = select(*SET).where(Org.id == work.actor.org_id)
    row = (await work.session.execute(query, execution_options=OUTSIDE)).one()
    public_url = work.ports.delivery.public_url
    return Organisation(id=str(work.actor.org_id), public_url=public_url, **row._asdict())


async def edit(work: Work, data: OrganisationPatch) -> Organisation:
    """Only owners. It holds for everyone's next request. Raises `InvalidError` for a zone that is none."""
    if work.actor.role is not Role.OWNER:
        raise ForbiddenError("Only owners may change the organisation.")
    require_zone(data.time_zone)
    before = await show(work)
    values = data.model_dump(exclude_none=True)
    if values:
        change = update(Org).where(Org.id == work.actor.org_id).values(values)
        await work.session.execute(change, execution_options=OUTSIDE)
    after = before.model_copy(update=values)
    work.wakes = True
    work.changed(
        "organisation edited",
        FeedChange(Kind.SETTINGS, "org"),
        before.model_dump(mode="json"),
        after.model_dump(mode="json"),
    )
    return after
