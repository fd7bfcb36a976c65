"""Creating, reading and saving campaigns."""

import asyncio

from tests.backend.conftest import Member, document


async def test_create_and_read_back(owner: Member) -> None:
    made = await owner.ok("POST", "/campaigns", {"name": "Spring", "contentJson": document()})
    campaign = made["campaign"]
    assert (campaign["name"], campaign["status"]) == ("Spring", "DRAFT")
    assert campaign["orgId"] == owner.session.org.id
    assert await owner.ok("GET", f"/campaigns/{campaign['id']}") == made


async def test_one_of_many_concurrent_saves_wins(owner: Member) -> None:
    made = (await owner.ok("POST", "/campaigns", {"name": "A", "contentJson": document()}))["campaign"]
    saves = [
        owner.http.post(f"/campaigns/{made['id']}", json={"updatedAt": made["updatedAt"], "name": f"n{i}"})
        for i in range(12)
    ]
    answers = await asyncio.gather(*saves)
    assert sorted(a.status_code for a in answers) == [200] + [409] * 11
    winner = next(a.json()["campaign"] for a in answers if a.status_code == 200)
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "stale_write"
            assert answer.json()["current"] == winner


async def test_an_error_names_its_place_in_the_sent_json(owner: Member) -> None:
    content = document()
    content["blocks"].append({"id": "b3", "type": "button", "href": 7})
    problem = await owner.refused(400, "invalid", "POST", "/campaigns", {"name": "A", "contentJson": content})
    assert [error["path"] for error in problem["errors"]] == ["contentJson.blocks.2.href"]
