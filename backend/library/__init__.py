"""Templates and snippets: what new mails start from."""

from backend.domain import Domain
from backend.library.api import LibraryController

domain = Domain(controllers=[LibraryController])
