"""A loopback server that speaks enough of the Hub protocol to push and load datasets.

Keep this module free of `huggingface_hub`: that client freezes its endpoint on import.
"""

import asyncio
import base64
import hashlib
import importlib
import json
import re
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from aiohttp import web

yaml = importlib.import_module("yaml")  # Import it untyped: its stubs are optional.

API = "/api/datasets/{owner}/{name}"
GIT = "/datasets/{owner}/{name}.git/info/lfs/objects"
LARGE_SUFFIXES = (".parquet", ".arrow", ".zip", ".gz", ".bin", ".zst")
LARGE_SIZE = 10 * 1024 * 1024
UNAUTHORIZED = "Invalid username or password."
FORBIDDEN = "Forbidden: pass `create_pr=1` as a query parameter to create a Pull Request"
DANGLING = "Your push was rejected because an LFS pointer pointed to a file that does not exist. Offending file: - "
Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RepositoryHandler = Callable[[web.Request, "Repository"], Awaitable[web.StreamResponse]]


class Request(NamedTuple):
    """One answered request: its method, its path with query, its status (0: dropped)."""

    method: str
    path: str
    status: int


class HubError(Exception):
    """A refusal in the form the real Hub gives it: status, message, code and headers."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Keep what `response` sends."""
        super().__init__(message)
        self.status = status
        self.headers = {"X-Error-Message": message, **(headers or {})}
        if code is not None:
            self.headers["X-Error-Code"] = code

    def response(self, **extra: str) -> web.Response:
        """Return the answer that carries this refusal."""
        body = {"error": str(self), **extra}
        return web.json_response(body, status=self.status or 500, headers=self.headers)


@dataclass
class Fault:
    """An ordered fault: which requests it hits, how often, when, and what they get."""

    pattern: re.Pattern[str]
    times: int
    after: bool
    error: HubError


@dataclass(frozen=True)
class Commit:
    """One commit: its identifier, parent, message, date and whole file tree."""

    identifier: str
    parent: str | None
    message: str
    date: str
    files: dict[str, bytes]
    large: frozenset[str] = frozenset()

    def entry(self, path: str) -> Json:
        """Return the tree entry of a file."""
        content = self.files[path]
        entry: Json = {"type": "file", "path": path, "size": len(content)}
        if path not in self.large:
            return {**entry, "oid": git_hash(content)}
        digest = hashlib.sha256(content).hexdigest()
        pointer = (f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n").encode()
        large = {"oid": digest, "size": len(content), "pointerSize": len(pointer)}
        return {**entry, "oid": git_hash(pointer), "lfs": large}

    def below(self, folder: str) -> dict[str, bytes]:
        """Return the files of a folder ("" is the root)."""
        prefix = f"{folder.strip('/')}/" if folder.strip("/") else ""
        return {p: self.files[p] for p in sorted(self.files) if p.startswith(prefix)}


@dataclass
class Repository:
    """A dataset repository: its settings, histories (oldest first), tags and blobs."""

    identifier: str
    private: bool
    created: str
    gated: str | bool = False
    branches: dict[str, list[Commit]] = field(default_factory=dict)
    pull_requests: dict[str, list[Commit]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    large_objects: dict[str, bytes] = field(default_factory=dict)

    def history(self, revision: str) -> list[Commit]:
        """Return the commits up to a branch, a pull request, a tag or an identifier."""
        heads = self.branches | self.pull_requests
        name = revision.removeprefix("refs/heads/")
        if name in heads:
            return heads[name]
        wanted = self.tags.get(revision.removeprefix("refs/tags/"), revision)
        for commits in heads.values():
            for count, commit in enumerate(commits, 1):
                if len(wanted) >= 7 and commit.identifier.startswith(wanted):
                    return commits[:count]
        raise HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")

    def apply(self, base: Commit, lines: list[Json]) -> tuple[dict[str, bytes], set[str]]:
        """Return the files, and the large paths, that operations make out of a tree."""
        files, large = dict(base.files), set(base.large)
        for line in lines:
            kind, value = line["key"], line["value"]
            path = value["path"].strip("/")
            if kind == "file":
                files[path] = base64.b64decode(value["content"])
                large.discard(path)
            elif kind == "lfsFile":
                if value["oid"] not in self.large_objects:
                    raise HubError(400, DANGLING + path)
                files[path] = self.large_objects[value["oid"]]
                large.add(path)
            elif kind in ("deletedFile", "deletedFolder"):
                inside = [p for p in files if p.startswith(path + "/")]
                doomed = inside if kind == "deletedFolder" else [path]
                if not doomed or doomed[0] not in files:
                    message = "A file with this name doesn't exist"
                    raise HubError(404, message, "EntryNotFound")
                for gone in doomed:
                    del files[gone]
                    large.discard(gone)
            else:
                raise HubError(400, f"Unknown commit operation: {kind}")
        return files, large

    def commit(self, base: Commit | None, message: str, files: dict[str, bytes], large: Iterable[str] = ()) -> Commit:
        """Return a new commit on top of another one."""
        parent = base.identifier if base else None
        digest = hashlib.sha1(f"{self.identifier}\n{parent}\n{message}".encode())
        for path in sorted(files):
            digest.update(f"\n{path} {git_hash(files[path])}".encode())
        return Commit(digest.hexdigest(), parent, message, now(), files, frozenset(large))


def now() -> str:
    """Return the current time as the Hub writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def git_hash(content: bytes) -> str:
    """Return the identifier that git gives to a blob."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def card_metadata(card: str) -> Json | None:
    """Return the metadata of a dataset card, None where it has none."""
    match = re.match(r"\s*---\r?\n(.*?)\r?\n---\s*(\n|$)", card, re.DOTALL)
    if match is None:
        return None
    metadata = yaml.safe_load(match[1])
    if not isinstance(metadata, dict):
        message = "the metadata block must be a mapping"
        raise TypeError(message)
    written: Json = json.loads(json.dumps(metadata, default=str))  # Write dates as text.
    return written


def tree(commits: list[Commit], folder: str, recursive: bool, expand: bool) -> Iterator[Json]:
    """Yield the entries of a folder of the last commit."""
    head, seen = commits[-1], set[str]()
    start = len(folder) + 1 if folder else 0
    for path in head.below(folder):
        parts = path[start:].split("/")
        for depth in range(1, len(parts) if recursive else min(2, len(parts))):
            directory = path[:start] + "/".join(parts[:depth])
            if directory not in seen:
                seen.add(directory)
                yield dated(commits, folder_entry(head, directory), expand)
        if recursive or len(parts) == 1:
            yield dated(commits, head.entry(path), expand)


def folder_entry(commit: Commit, folder: str) -> Json:
    """Return the tree entry of a folder."""
    listing = "".join(git_hash(c) + p for p, c in commit.below(folder).items())
    digest = git_hash(listing.encode())
    return {"type": "directory", "path": folder, "size": 0, "oid": digest}


def dated(commits: list[Commit], entry: Json, expand: bool) -> Json:
    """Return a tree entry, with the last commit that changed it where asked for."""
    if not expand:
        return entry

    def content(commit: Commit) -> object:
        path = entry["path"]
        return commit.files.get(path) if entry["type"] == "file" else commit.below(path)

    index = len(commits) - 1
    while index and content(commits[index]) == content(commits[index - 1]):
        index -= 1
    commit = commits[index]
    title = commit.message.partition("\n")[0]
    last = {"id": commit.identifier, "title": title, "date": commit.date}
    return {**entry, "lastCommit": last}


def flag(request: web.Request, name: str) -> bool:
    """Return whether a query parameter asks for something."""
    return request.query.get(name, "").lower() in ("1", "true")


class HubServer:
    """A Hub on loopback: its address, its repositories and the requests it answered."""

    def __init__(
        self,
        token: str = "hf_test",
        owner: str = "owner",
        organizations: tuple[str, ...] = (),
        read_token: str = "hf_read",
        port: int = 0,
    ) -> None:
        """Prepare a server that is empty and not started."""
        self.roles = {token: "write", read_token: "read"}
        self.owner, self.organizations, self.port = owner, organizations, port
        self.url = ""
        self.requests: list[Request] = []
        self.repositories: dict[str, Repository] = {}
        self.lock = threading.Lock()
        self.faults: list[Fault] = []
        self.watch: Callable[[str], None] = lambda _: None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        """Start to listen."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop to listen."""
        stop = self._runner.cleanup()
        asyncio.run_coroutine_threadsafe(stop, self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def fail(
        self,
        pattern: str,
        status: int,
        times: int = 1,
        headers: dict[str, str] | None = None,
        message: str = "Ordered fault",
        after: bool = False,
    ) -> None:
        """Order faults for requests whose "METHOD path?query" matches a pattern.

        Status 0 drops the connection; `after` lets the request take effect first.
        """
        error = HubError(status, message, headers=headers)
        self.faults.append(Fault(re.compile(pattern), times, after, error))

    async def _start(self) -> None:
        application = web.Application(middlewares=[self._answer], client_max_size=2**31)
        self._routes(application.router)
        self._runner = web.AppRunner(application, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    def _routes(self, router: web.UrlDispatcher) -> None:
        add, on, write = router.add_route, self._on_repository, True
        add("GET", "/api/whoami-v2", self._whoami)
        add("POST", "/api/repos/create", self._create)
        add("DELETE", "/api/repos/delete", self._delete)
        add("POST", "/api/validate-yaml", self._validate)
        add("GET", API, on(self._information))
        add("GET", API + "/revision/{revision}", on(self._information))
        add("GET", API + "/tree/{revision}", on(self._tree))
        add("GET", API + "/tree/{revision}/{path:.+}", on(self._tree))
        add("POST", API + "/paths-info/{revision}", on(self._paths))
        add("GET", API + "/refs", on(self._references))
        add("GET", API + "/commits/{revision}", on(self._commits))
        add("POST", API + "/preupload/{revision}", on(self._preupload, write))
        add("POST", API + "/commit/{revision}", on(self._commit, write))
        add("PUT", API + "/settings", on(self._settings, write))
        add("POST", API + "/tag/{revision}", on(self._tag, write))
        add("POST", API + "/branch/{revision}", on(self._branch, write))
        add("POST", GIT + "/batch", on(self._batch, write))
        add("POST", GIT + "/verify", on(self._verify, write))
        add("PUT", "/large/{owner}/{name}/{digest}", self._upload)
        for method in ("GET", "HEAD"):
            path = "/datasets/{owner}/{name}/resolve/{revision}/{path:.+}"
            add(method, path, on(self._resolve))

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        path, status = str(request.rel_url), 500
        await request.read()  # Drain the body first: a client may not expect an early answer.
        self.watch(f"{request.method} {path}")
        fault = self._take_fault(f"{request.method} {path}")
        try:
            if fault is None or fault.after:
                response = await self._refuse(request, handler)
            if fault is not None:
                if fault.error.status == 0 and request.transport is not None:
                    request.transport.abort()
                response = fault.error.response()
            status = fault.error.status if fault else response.status
            return response
        finally:
            self.requests.append(Request(request.method, path, status))
            self.watch(f"{status} {request.method} {path}")

    def _take_fault(self, line: str) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.pattern.search(line):
                fault.times -= 1
                return fault
        return None

    async def _refuse(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except HubError as error:
            return error.response()
        except web.HTTPException as error:
            return HubError(error.status, error.reason).response()

    def _role(self, request: web.Request, required: bool = True) -> str | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token and token not in self.roles:
            raise HubError(401, "Invalid credentials in Authorization header")
        if required and not token:
            raise HubError(401, UNAUTHORIZED)
        return self.roles.get(token)

    def _on_repository(self, handler: RepositoryHandler, write: bool = False) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            role = self._role(request, required=False)
            repository = self.repositories.get("{owner}/{name}".format(**request.match_info))
            # Send a code that the real Hub may leave out: its client takes a bare 401
            # for a missing repository on https addresses only.
            if role is None and (repository is None or repository.private or write):
                raise HubError(401, UNAUTHORIZED, "RepoNotFound")
            if repository is None:
                raise HubError(404, "Repository not found", "RepoNotFound")
            if write and role != "write":
                raise HubError(403, FORBIDDEN)
            return await handler(request, repository)

        return guarded

    async def _whoami(self, request: web.Request) -> web.Response:
        access = {"displayName": "token", "role": self._role(request)}
        auth = {"type": "access_token", "accessToken": access}
        organizations = [{"type": "org", "name": name} for name in self.organizations]
        user = {"type": "user", "name": self.owner, "orgs": organizations, "auth": auth}
        return web.json_response(user)

    async def _validate(self, request: web.Request) -> web.Response:
        warnings = []
        try:
            if card_metadata((await request.json())["content"]) is None:
                warnings.append({"message": "empty or missing yaml metadata in repo card"})
        except (TypeError, ValueError, yaml.YAMLError) as error:
            return web.json_response({"errors": [{"message": str(error)}]}, status=400)
        return web.json_response({"errors": [], "warnings": warnings})

    async def _named(self, request: web.Request) -> tuple[str, Json]:
        role, body = self._role(request), await request.json()
        owner = body.get("organization") or self.owner
        if role != "write" or owner not in (self.owner, *self.organizations):
            message = "You don't have the rights to create a dataset under this namespace"
            raise HubError(403, message)
        if body.get("type") != "dataset":
            raise HubError(400, "This server holds datasets only")
        return f"{owner}/{body['name']}", body

    async def _create(self, request: web.Request) -> web.Response:
        identifier, body = await self._named(request)
        url = f"{self.url}/datasets/{identifier}"
        if identifier in self.repositories:
            message = f"You already created this dataset repo: {identifier}"
            return HubError(409, message).response(url=url)
        private = body.get("visibility") == "private" or body.get("private") is True
        repository = Repository(identifier, private, now())
        lines = (f"*{end} filter=lfs diff=lfs merge=lfs -text\n" for end in LARGE_SUFFIXES)
        files = {".gitattributes": "".join(lines).encode()}
        repository.branches["main"] = [repository.commit(None, "initial commit", files)]
        self.repositories[identifier] = repository
        return web.json_response({"url": url, "name": identifier, "private": private})

    async def _delete(self, request: web.Request) -> web.Response:
        identifier, _ = await self._named(request)
        if self.repositories.pop(identifier, None) is None:
            raise HubError(404, "Repository not found", "RepoNotFound")
        return web.Response(text="OK")

    async def _information(self, request: web.Request, repository: Repository) -> web.Response:
        commit = repository.history(request.match_info.get("revision", "main"))[-1]
        siblings: list[Json] = [{"rfilename": path} for path in sorted(commit.files)]
        for sibling in siblings if flag(request, "blobs") else ():
            entry = commit.entry(sibling["rfilename"])
            sibling.update(size=entry["size"], blobId=entry["oid"])
            if large := entry.get("lfs"):
                sibling["lfs"] = {**large, "sha256": large["oid"]}
        information = {
            "id": repository.identifier,
            "author": repository.identifier.partition("/")[0],
            "sha": commit.identifier,
            "createdAt": repository.created,
            "lastModified": commit.date,
            "private": repository.private,
            "gated": repository.gated,
            "tags": [],
            "cardData": card_metadata(commit.files.get("README.md", b"").decode()),
            "siblings": siblings,
        }
        return web.json_response(information)

    async def _tree(self, request: web.Request, repository: Repository) -> web.Response:
        commits = repository.history(request.match_info["revision"])
        folder = request.match_info.get("path", "").strip("/")
        if folder and not commits[-1].below(folder):
            message = f'{folder} does not exist on "{request.match_info["revision"]}"'
            raise HubError(404, message, "EntryNotFound")
        expand = flag(request, "expand")
        return web.json_response(list(tree(commits, folder, flag(request, "recursive"), expand)))

    async def _paths(self, request: web.Request, repository: Repository) -> web.Response:
        commits = repository.history(request.match_info["revision"])
        form, head = await request.post(), commits[-1]
        found = []
        for path in (str(value).strip("/") for value in form.getall("paths", [])):
            if path in head.files:
                found.append(head.entry(path))
            elif head.below(path):
                found.append(folder_entry(head, path))
        expand = str(form.get("expand", "")).lower() in ("1", "true")
        return web.json_response([dated(commits, entry, expand) for entry in found])

    async def _references(self, request: web.Request, repository: Repository) -> web.Response:
        def listed(names: dict[str, str], prefix: str = "") -> list[Json]:
            rows = names.items()
            return [{"name": n, "ref": prefix + n, "targetCommit": target} for n, target in rows]

        branches = {n: commits[-1].identifier for n, commits in repository.branches.items()}
        requests = {n: commits[-1].identifier for n, commits in repository.pull_requests.items()}
        references = {"branches": listed(branches, "refs/heads/"), "converts": []}
        references["tags"] = listed(repository.tags, "refs/tags/")
        if flag(request, "include_prs"):
            references["pullRequests"] = listed(requests)
        return web.json_response(references)

    async def _commits(self, request: web.Request, repository: Repository) -> web.Response:
        commits = []
        for commit in reversed(repository.history(request.match_info["revision"])):
            title, _, message = commit.message.partition("\n")
            entry = {"id": commit.identifier, "title": title, "message": message.strip()}
            commits.append({**entry, "date": commit.date, "authors": [{"user": self.owner}]})
        return web.json_response(commits)

    async def _preupload(self, request: web.Request, repository: Repository) -> web.Response:
        commit = repository.history(request.match_info["revision"])[-1]
        files = []
        for asked in (await request.json())["files"]:
            path, sample = asked["path"], base64.b64decode(asked["sample"])
            large = path.endswith(LARGE_SUFFIXES) or asked["size"] >= LARGE_SIZE or b"\0" in sample
            answer = {"path": path, "shouldIgnore": False}
            answer["uploadMode"] = "lfs" if large and asked["size"] else "regular"
            if path in commit.files:
                entry = commit.entry(path)
                answer["oid"] = entry.get("lfs", entry)["oid"]
            files.append(answer)
        return web.json_response({"commitOid": commit.identifier, "files": files})

    async def _commit(self, request: web.Request, repository: Repository) -> web.Response:
        lines = [json.loads(line) for line in (await request.read()).splitlines() if line]
        if not lines or lines[0]["key"] != "header" or not lines[0]["value"].get("summary"):
            raise HubError(400, "The commit has no header with a summary")
        header, request_pull = lines[0]["value"], flag(request, "create_pr")
        message = f"{header['summary']}\n\n{header.get('description') or ''}".strip()
        with self.lock:
            commits, name = self._target(request, repository, header.get("parentCommit"))
            files, large = repository.apply(commits[-1], lines[1:])
            commit = repository.commit(commits[-1], message, files, large)
            if request_pull:
                repository.pull_requests[name] = [*commits, commit]
            else:
                commits.append(commit)
        page = f"{self.url}/datasets/{repository.identifier}"
        answer = {"success": True, "commitOid": commit.identifier}
        answer["commitUrl"] = f"{page}/commit/{commit.identifier}"
        if request_pull:
            answer["pullRequestUrl"] = f"{page}/discussions/{name.rpartition('/')[2]}"
        return web.json_response(answer)

    def _target(self, request: web.Request, repository: Repository, parent: str | None) -> tuple[list[Commit], str]:
        revision = request.match_info["revision"]
        if flag(request, "create_pr"):
            name = f"refs/pr/{len(repository.pull_requests) + 1}"
            return repository.history(parent or revision), name
        heads = repository.branches | repository.pull_requests
        if revision not in heads:
            raise HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        commits = heads[revision]
        if parent is not None and not commits[-1].identifier.startswith(parent):
            raise HubError(412, "A commit has happened since. Please refresh and try again.")
        return commits, revision

    async def _tag(self, request: web.Request, repository: Repository) -> web.Response:
        commit = repository.history(request.match_info["revision"])[-1]
        name = (await request.json())["tag"]
        if not re.fullmatch(r"\w[\w./+-]*", name):
            raise HubError(400, f"Invalid tag name: {name}")
        if name in repository.tags:
            raise HubError(409, "Tag reference exists already")
        repository.tags[name] = commit.identifier
        return web.Response(text="OK")

    async def _branch(self, request: web.Request, repository: Repository) -> web.Response:
        name, body = request.match_info["revision"], await request.json()
        start = repository.history(body.get("startingPoint", "main"))
        if name in repository.branches:
            raise HubError(409, "Reference already exists")
        repository.branches[name] = list(start)
        return web.Response(text="OK")

    async def _settings(self, request: web.Request, repository: Repository) -> web.Response:
        body = await request.json()
        if "visibility" in body:
            repository.private = body["visibility"] == "private"
        if "gated" in body:
            repository.gated = body["gated"]
        return web.json_response({"private": repository.private, "gated": repository.gated})

    async def _batch(self, request: web.Request, repository: Repository) -> web.Response:
        git = f"{self.url}/datasets/{repository.identifier}.git/info/lfs/objects"
        objects = []
        for asked in (await request.json())["objects"]:
            answer = {"oid": asked["oid"], "size": asked["size"]}
            if asked["oid"] not in repository.large_objects:
                href = f"{self.url}/large/{repository.identifier}/{asked['oid']}"
                answer["actions"] = {"upload": {"href": href}, "verify": {"href": git + "/verify"}}
            objects.append(answer)
        return web.json_response({"transfer": "basic", "objects": objects})

    async def _upload(self, request: web.Request) -> web.Response:
        # Ask for no token: the address stands for a signed one, as in the real protocol.
        repository = self.repositories["{owner}/{name}".format(**request.match_info)]
        content, digest = await request.read(), request.match_info["digest"]
        if hashlib.sha256(content).hexdigest() != digest:
            raise HubError(400, "The content does not match its digest")
        repository.large_objects[digest] = content
        return web.Response(headers={"ETag": f'"{digest}"'})

    async def _verify(self, request: web.Request, repository: Repository) -> web.Response:
        asked = await request.json()
        content = repository.large_objects.get(asked["oid"])
        if content is None or len(content) != asked["size"]:
            raise HubError(404, "The object is missing", "EntryNotFound")
        return web.json_response({})

    async def _resolve(self, request: web.Request, repository: Repository) -> web.Response:
        path = request.match_info["path"]
        commit = repository.history(request.match_info["revision"])[-1]
        headers = {"X-Repo-Commit": commit.identifier, "Accept-Ranges": "bytes"}
        if repository.gated and self._role(request, required=False) != "write":
            # The owner is in; of the others nobody has been let in yet.
            raise HubError(403, f"Access to dataset {repository.identifier} is restricted", "GatedRepo", headers)
        if path not in commit.files:
            raise HubError(404, "Entry not found", "EntryNotFound", headers)
        content, entry = commit.files[path], commit.entry(path)
        headers["ETag"] = f'"{entry.get("lfs", entry)["oid"]}"'
        if "lfs" in entry:
            headers["X-Linked-Etag"] = headers["ETag"]
            headers["X-Linked-Size"] = str(len(content))
        if "Range" not in request.headers:
            return web.Response(body=content, headers=headers)
        first, last, _ = request.http_range.indices(len(content))
        if first >= last:
            raise HubError(416, "Range not satisfiable")
        headers["Content-Range"] = f"bytes {first}-{last - 1}/{len(content)}"
        return web.Response(body=content[first:last], status=206, headers=headers)


def main() -> None:
    """Serve until the standard input ends, after a line that gives the address."""
    with HubServer() as hub:
        print(hub.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
