"""The UI kit's own addresses: assets, texts, manifest."""

from __future__ import annotations

from agora.kernel.access import ANYONE
from agora.kernel.errors import NotFound
from agora.kernel.http import Bucket, Reply, Request, Route, encode
from agora.kernel.i18n import t, texts
from agora.web.assets import PREFIX, Asset, Assets, build_asset
from agora.web.catalogue import build_catalogue

_BUCKET = Bucket("web.assets", 2000, 10.0)
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


async def get_asset(request: Request) -> Reply:
    """A static file. Only the present version may be kept for ever: an older address gets the present file, to be asked again."""
    assets = request.ctx.app.get(Assets)
    asset = assets.find(request.path["name"])
    if asset is None:
        raise NotFound("There is no such file.")
    return _reply(request, asset, _FOREVER if request.path["version"] == assets.version else _ASK_AGAIN)


async def get_catalogue(request: Request) -> Reply:
    """The texts of a language."""
    locale = request.path["locale"]
    if locale not in texts().locales:
        raise NotFound("There are no texts in this language.")
    keep = _FOREVER if "v" in request.http.query else _ASK_AGAIN
    return _reply(request, build_asset(f"{locale}.json", build_catalogue(locale)), keep)


async def get_manifest(request: Request) -> Reply:
    """The web app manifest (https://www.w3.org/TR/appmanifest/)."""
    icon = {"src": request.ctx.app.get(Assets).url("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}
    manifest = {
        "name": "Agora",
        "short_name": "Agora",
        "description": t(request.ctx.locale, "web.tagline"),
        "lang": request.ctx.locale,
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f2ebe1",
        "theme_color": "#f2ebe1",
        "icons": [icon],
    }
    return Reply(encode(manifest), content_type="application/manifest+json", headers={"Cache-Control": _ASK_AGAIN})


async def get_favicon(request: Request) -> Reply:
    """For clients that ask for it at the root."""
    asset = request.ctx.app.get(Assets).find("favicon.svg")
    if asset is None:
        raise NotFound("There is no such file.")
    return _reply(request, asset, _ASK_AGAIN)


def _reply(request: Request, asset: Asset, keep: str) -> Reply:
    headers = {"Cache-Control": keep, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    if asset.packed is not None and "gzip" in request.http.headers.get("Accept-Encoding", ""):
        return Reply(asset.packed, content_type=asset.content_type, headers={**headers, "Content-Encoding": "gzip"})
    return Reply(asset.content, content_type=asset.content_type, headers=headers)


ROUTES = (
    Route(
        method="GET",
        path=f"{PREFIX}/i18n/{{locale:[a-z]+}}.json",
        handler=get_catalogue,
        summary="The texts of the pages in one language.",
        access=ANYONE,
        answer=dict[str, str],
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/{{version:[0-9a-f]+}}/{{name:.+}}",
        handler=get_asset,
        summary="A static file of the pages.",
        access=ANYONE,
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path="/manifest.webmanifest",
        handler=get_manifest,
        summary="The web app manifest.",
        access=ANYONE,
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path="/favicon.ico",
        handler=get_favicon,
        summary="The icon of the site.",
        access=ANYONE,
        bucket=_BUCKET,
    ),
)
