"""Masuk lewat penyedia: to a provider of OpenID Connect and back, with a session like one by password.

What the browser must bring back lies in a cookie of its own, for ten minutes and one try; the server keeps nothing.
"""

import secrets
from http import HTTPStatus
from typing import Final

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from server import errors
from server.config import Config
from server.db import dump_json, load_json
from server.gate import status_of
from server.identity import Departure, NotVouched, Provider, ProviderSettings
from server.web import guard
from server.web.office import office
from server.web.pages import pages
from server.web.sessions import admitted, login_page, onwards

UNDER_WAY: Final = "pintu"
PATIENCE: Final = 600
"""Seconds that somebody may take at the provider."""


def provider_of(config: Config) -> Provider | None:
    """As the settings name it."""
    if not config.oidc_issuer:
        return None
    claim, _, field = config.oidc_match.partition("=")
    return Provider(
        ProviderSettings(
            config.oidc_issuer,
            config.oidc_client,
            config.oidc_secret,
            claim,
            field,
            config.oidc_create,
            config.oidc_name,
        )
    )


@pages.get("/masuk/openid")
def leave_for_provider() -> Response | tuple[str, int]:
    """Sends the browser to the provider."""
    try:
        departure = _provider().depart(_back())
    except (errors.Unavailable, NotVouched) as refusal:
        return login_page(refusal.message), status_of(refusal)
    response = redirect(departure.address, HTTPStatus.SEE_OTHER)
    kept = [departure.state, departure.nonce, departure.verifier, onwards()]
    guard.keep(response, UNDER_WAY, dump_json(kept).encode().hex(), PATIENCE)
    return response


@pages.get("/masuk/openid/kembali")
def return_from_provider() -> Response | tuple[str, int]:
    """Opens a session for whom the provider vouches for, or says why not."""
    at, address = office(), request.remote_addr or "?"
    provider, now = _provider(), at.engine.clock.now()
    departure, wanted = _kept()
    try:
        at.gate.ask(lambda c: at.gate.login.check_address(c, address, now))
        claims = provider.arrive(departure, request.args.to_dict(), _back(), now)
        agent = request.headers.get("User-Agent", "")
        entered = at.gate.ask(
            lambda c: at.gate.login.log_in_vouched(c, provider.settings, claims, address, agent, now)
        )
    except NotVouched as refusal:
        note = refusal
        at.gate.change(lambda c: at.gate.login.note_not_vouched(c, note, address, now))
        return _refused(refusal)
    except errors.Unavailable as refusal:
        return _refused(refusal)
    response = admitted(entered, wanted)
    guard.forget(response, UNDER_WAY)
    return response


@pages.get("/masuk/openid/keluar")
def leave_provider() -> Response | tuple[str, int]:
    """Ends the browser's session with the provider, too, where that can be."""
    back = url_for("web.login", kabar="keluar", _external=True)
    try:
        return redirect(_provider().goodbye(back) or back, HTTPStatus.SEE_OTHER)
    except (errors.Unavailable, NotVouched) as refusal:
        return login_page(refusal.message), status_of(refusal)


def _refused(refusal: errors.OfficeError) -> tuple[str, int]:
    return login_page(refusal.message), status_of(refusal)


def _provider() -> Provider:
    provider = office().provider
    if provider is None:
        raise NotFound
    return provider


def _back() -> str:
    """Where the provider returns the browser, as it is registered there."""
    return url_for("web.return_from_provider", _external=True)


def _kept() -> tuple[Departure, str]:
    """What the browser was given when it left; nothing that fits any answer where it was not, or too long ago."""
    text = request.cookies.get(guard.cookie_name(UNDER_WAY), "")
    try:
        kept = load_json(bytes.fromhex(text))
    except (ValueError, RecursionError):
        kept = None
    if isinstance(kept, list) and len(kept) == 4 and all(isinstance(each, str) for each in kept):
        state, nonce, verifier, wanted = kept
        return Departure("", state, nonce, verifier), wanted
    return Departure("", secrets.token_urlsafe(24), "", ""), ""
