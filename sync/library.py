"""Templates, snippets and earlier versions: what the server keeps for a mail to start from or go back to."""

from contract.library import SavedKind, SavedMailAnswer, SavedMailList
from contract.versions import DocumentVersion, VersionAnswer, VersionList
from localstore.records import Json, SavedMail
from sync.errors import RefusedError
from sync.services import Remote, in_words
from sync.workspace import Workspace

PAGE = 200


class RemoteLibrary(Remote):
    """`tui.services.Library` of one kind."""

    def __init__(self, workspace: Workspace, kind: SavedKind) -> None:
        super().__init__(workspace)
        self._kind = kind

    async def list(self) -> list[SavedMail]:
        found: list[SavedMail] = []
        cursor: str | None = None
        async with in_words():
            while True:
                page = await self._workspace.api().get(
                    SavedMailList, "/api/saved-mails", kind=self._kind.value, limit=PAGE, cursor=cursor
                )
                found += [SavedMail(row.id, row.name, row.content_json) for row in page.saved_mails]
                cursor = page.next_cursor
                if cursor is None:
                    return found

    async def save(self, name: str, content_json: Json, id: str | None = None) -> SavedMail:
        body: Json = {"name": name, "contentJson": content_json}
        async with in_words():
            if id is None:
                reply = await self.act_once("POST", "/api/saved-mails", body | {"kind": self._kind.value})
            else:
                reply = await self.act_once("PATCH", f"/api/saved-mails/{id}", body)
        row = SavedMailAnswer.model_validate(reply).saved_mail
        return SavedMail(row.id, row.name, row.content_json)

    async def delete(self, id: str) -> None:
        try:
            async with in_words():
                await self.act_once("DELETE", f"/api/saved-mails/{id}")
        except RefusedError as error:
            if error.problem.status != 404:
                raise


class RemoteVersions(Remote):
    """`tui.services.Versions`."""

    async def list(self, id: str, cursor: str | None) -> VersionList:
        async with in_words():
            return await self._workspace.api().get(
                VersionList, "/api/versions", document=id, limit=50, cursor=cursor
            )

    async def show(self, version_id: str) -> DocumentVersion:
        async with in_words():
            found = await self._workspace.api().get(VersionAnswer, f"/api/versions/{version_id}")
        return found.version
