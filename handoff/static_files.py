"""The built web pages: the widget's script, the console, the supervisors' board and the demo page."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from handoff.deps import SettingsDep
from handoff.errors import NotFound, WebNotBuilt

router = APIRouter(include_in_schema=False)

_PAGE: Final = {"Cache-Control": "no-cache"}
_HASHED: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
# A site that embeds the widget loads it from here; there is nothing secret in it.
_EMBEDDED: Final = {
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@router.get("/widget.js")
def widget(settings: SettingsDep) -> Response:
    return _file(settings.web_dist, "widget.js", _EMBEDDED)


@router.get("/")
def start_page(settings: SettingsDep) -> Response:
    return _page(settings.web_dist, "demo" if settings.demo else "console")


@router.get("/console")
@router.get("/console/")
def console(settings: SettingsDep) -> Response:
    return _page(settings.web_dist, "console")


@router.get("/board")
@router.get("/board/")
def board(settings: SettingsDep) -> Response:
    """The page is for everybody; what it shows is for supervisors."""
    return _page(settings.web_dist, "board")


@router.get("/demo")
@router.get("/demo/")
def demo(settings: SettingsDep) -> Response:
    if not settings.demo:
        raise NotFound
    return _page(settings.web_dist, "demo")


@router.get("/{page}/{path:path}")
def page_file(page: str, path: str, settings: SettingsDep) -> Response:
    if page not in ("console", "board", "demo") or (page == "demo" and not settings.demo):
        raise NotFound
    return _file(settings.web_dist, f"{page}/{path}", _HASHED if path.startswith("assets/") else _PAGE)


def _page(dist: Path, page: str) -> Response:
    return _file(dist, f"{page}/index.html", _PAGE)


def _file(dist: Path, name: str, headers: dict[str, str]) -> Response:
    """Send a file that really lies inside the folder; nothing else exists."""
    root = dist.resolve()
    if not root.is_dir():
        raise WebNotBuilt
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise NotFound
    return FileResponse(path, headers=headers)
