"""OpenID Connect: what a provider says is believed only where all of it is right, and names one active person."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import Engine

from server.db import read, write
from server.identity import (
    Login,
    NewPerson,
    NotVouched,
    Provider,
    ProviderAway,
    ProviderSettings,
    TooManyAttempts,
    account_of,
    add_person,
    openid,
    set_active,
    trail,
)
from server.identity.openid import Declined, NotBegunHere, NotFinished, Stranger, Unbelievable

BACK = "https://kantor.example/masuk/openid/kembali"
CLIENT, SECRET = "tatalaksana", "rahasia yang panjang sekali, tiga puluh dua"
KEY, OTHER = RSAKey.generate_key(2048, {"kid": "a"}), RSAKey.generate_key(2048, {"kid": "a"})


@dataclass
class Sso:
    """A provider whose every answer a test decides. `claims`: of the ID token; `sign`: how that is made."""

    issuer: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [KEY])
    claims: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "a"}, claims, KEY
    )
    refusal: str | None = None
    told: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def answer(self, path: str, body: str) -> tuple[int, dict[str, Any]]:
        if path.endswith("/openid-configuration"):
            return 200, self.metadata
        if path == "/jwks":
            return 200, {"keys": [key.as_dict(private=False) for key in self.keys] + [{"kty": "baru"}]}
        if path == "/userinfo":
            return 200, self.told
        self.asked.append(parse_qs(body))
        if self.refusal:
            return 400, {"error": self.refusal}
        return 200, {"access_token": "akses", "token_type": "Bearer", "id_token": self.sign(self.claims)}


@pytest.fixture
def sso() -> Iterator[Sso]:
    made = Sso()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply("")

        def do_POST(self) -> None:
            self.reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def reply(self, body: str) -> None:
            status, found = made.answer(urlsplit(self.path).path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    places = {"authorization": "auth", "token": "token", "userinfo": "userinfo", "end_session": "keluar"}
    made.metadata = {f"{name}_endpoint": f"{made.issuer}/{path}" for name, path in places.items()}
    made.metadata |= {"issuer": made.issuer, "jwks_uri": f"{made.issuer}/jwks"}
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def provider(sso: Sso, **more: Any) -> Provider:
    return Provider(ProviderSettings(sso.issuer, CLIENT, SECRET, **more))


def come_back(sso: Sso, now: datetime, at: Provider | None = None, **claims: Any) -> Any:
    """The way there and back; the ID token says what it should, but for `claims` (None: left out)."""
    at = at or provider(sso)
    left = at.depart(BACK)
    right = {
        "iss": sso.issuer,
        "aud": CLIENT,
        "sub": "1",
        "nonce": left.nonce,
        "preferred_username": "budi",
    }
    right |= {"iat": int(now.timestamp()), "exp": int((now + timedelta(minutes=5)).timestamp())}
    sso.claims = {name: value for name, value in (right | claims).items() if value is not None}
    return at.arrive(left, {"code": "x", "state": left.state}, BACK, now)


def test_a_right_answer_is_believed(sso: Sso, now: datetime) -> None:
    assert come_back(sso, now)["preferred_username"] == "budi"
    (asked,) = sso.asked
    assert asked["grant_type"] == ["authorization_code"]
    assert len(asked["code_verifier"][0]) >= 43
    assert asked["redirect_uri"] == [BACK]


def test_each_login_has_a_state_a_nonce_and_a_challenge_of_its_own(sso: Sso) -> None:
    at = provider(sso)
    first, second = at.depart(BACK), at.depart(BACK)
    assert len({first.state, first.nonce, first.verifier, second.state, second.nonce, second.verifier}) == 6
    asked = parse_qs(urlsplit(first.address).query)
    assert (asked["state"], asked["nonce"], asked["code_challenge_method"]) == (
        [first.state],
        [first.nonce],
        ["S256"],
    )
    assert first.verifier not in first.address


def test_an_id_token_that_is_not_right_in_all_is_not_believed(sso: Sso, now: datetime) -> None:
    hour = int((now + timedelta(hours=1)).timestamp())
    wrong: list[dict[str, Any]] = [
        {"iss": "https://lain.example"},
        {"aud": "program lain"},
        {"aud": [CLIENT, "program lain"], "azp": "program lain"},
        {"exp": int((now - timedelta(minutes=5)).timestamp())},
        {"nonce": "lain"},
        {"nbf": hour},
        *({name: None} for name in ("iss", "aud", "sub", "exp", "iat", "nonce")),
    ]
    for claims in wrong:
        with pytest.raises(Unbelievable):
            come_back(sso, now, **claims)


@pytest.mark.filterwarnings("ignore:JWS algorithm")
def test_a_signature_counts_only_by_the_providers_own_key(sso: Sso, now: datetime) -> None:
    public = KEY.as_pem(private=False)
    forgeries: list[Callable[[dict[str, Any]], str]] = [
        lambda claims: jwt.encode({"alg": "RS256", "kid": "a"}, claims, OTHER),
        lambda claims: jwt.encode({"alg": "RS256", "kid": "b"}, claims, OTHER),
        lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET)),
        lambda claims: jwt.encode({"alg": "HS256", "kid": "a"}, claims, OctKey.import_key(public.hex())),
        lambda claims: jwt.encode({"alg": "none"}, claims, OctKey.import_key(SECRET), ["none"]),
        lambda claims: jwt.encode({"alg": "RS256", "kid": "a"}, claims, KEY)[:-6] + "AAAAAA",
        lambda claims: "bukan token",
        lambda claims: "",
    ]
    for forge in forgeries:
        sso.sign = forge
        with pytest.raises(Unbelievable):
            come_back(sso, now)


def test_keys_that_the_provider_has_changed_are_asked_for_anew(
    sso: Sso, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = provider(sso)
    come_back(sso, now, at)
    new = RSAKey.generate_key(2048, {"kid": "baru"})
    sso.keys = [new]
    sso.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "baru"}, claims, new)
    with pytest.raises(Unbelievable):
        come_back(sso, now, at)  # within a minute nobody makes us ask again
    monkeypatch.setattr(openid, "AGAIN", 0.0)
    assert come_back(sso, now, at)["sub"] == "1"


def test_what_the_id_token_leaves_out_is_asked_for_and_is_about_the_same_person(
    sso: Sso, now: datetime
) -> None:
    sso.told = {"sub": "1", "preferred_username": "budi"}
    assert come_back(sso, now, preferred_username=None)["preferred_username"] == "budi"
    sso.told = {"sub": "2", "preferred_username": "admin"}
    with pytest.raises(Unbelievable):
        come_back(sso, now, preferred_username=None)


def test_an_answer_without_its_question_is_refused_before_anybody_is_asked(sso: Sso, now: datetime) -> None:
    at = provider(sso)
    left = at.depart(BACK)
    for answer, kind in (
        ({"code": "x"}, NotBegunHere),
        ({"code": "x", "state": "lain"}, NotBegunHere),
        ({"state": left.state}, NotFinished),
        ({"state": left.state, "error": "access_denied"}, Declined),
        ({"state": left.state, "error": "invalid_scope"}, Unbelievable),
        ({"state": left.state, "code": "x", "iss": "https://lain.example"}, Unbelievable),
    ):
        with pytest.raises(kind):
            at.arrive(left, answer, BACK, now)
    assert sso.asked == []
    for word, kind in (("invalid_grant", NotFinished), ("invalid_client", Unbelievable)):
        sso.refusal = word
        with pytest.raises(kind):
            come_back(sso, now)


def test_a_provider_that_is_away_or_another_one_is_told(sso: Sso, now: datetime) -> None:
    with pytest.raises(ProviderAway):
        Provider(ProviderSettings("http://127.0.0.1:9", CLIENT, SECRET)).depart(BACK)
    sso.metadata["issuer"] = "https://lain.example"
    with pytest.raises(Unbelievable):
        provider(sso).depart(BACK)
    sso.metadata |= {"issuer": sso.issuer, "token_endpoint": "ftp://127.0.0.1/token"}
    with pytest.raises(Unbelievable):
        provider(sso).depart(BACK)
    sso.metadata = {"issuer": sso.issuer}
    with pytest.raises(Unbelievable):
        provider(sso).depart(BACK)


def test_a_provider_that_was_away_is_left_alone_for_some_seconds(
    sso: Sso, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, right = provider(sso), sso.metadata
    sso.metadata = []  # type: ignore[assignment]
    with pytest.raises(ProviderAway):
        at.depart(BACK)
    sso.metadata = right
    with pytest.raises(ProviderAway):
        at.depart(BACK)
    monkeypatch.setattr(openid, "RESPITE", 0.0)
    assert at.depart(BACK).address


def test_only_one_active_person_is_meant_by_a_claim(engine: Engine, now: datetime) -> None:
    def who(field: str, claims: dict[str, Any]) -> str | None:
        settings = ProviderSettings("https://sso.example", CLIENT, SECRET, "klaim", field)
        return openid.vouched_for(connection, settings, claims)

    with write(engine) as connection:
        nip = "199003152015012002"
        add_person(connection, NewPerson("budi", "Budi", nip, "Budi@Contoh.go.id"), now)
        add_person(connection, NewPerson("sri", "Sri", None, "sama@contoh.go.id"), now)
        add_person(connection, NewPerson("ani", "Ani", None, "sama@contoh.go.id"), now)
        verified = {"email_verified": True}
        assert who("username", {"klaim": " Budi "}) == "budi"
        assert who("nip", {"klaim": nip}) == "budi"
        assert who("email", {"klaim": "budi@contoh.go.id", **verified}) == "budi"
        assert who("email", {"klaim": "sama@contoh.go.id", **verified}) is None
        assert who("username", {"klaim": "joko"}) is None
        for field_, claims in (
            ("email", {"klaim": "budi@contoh.go.id"}),
            ("username", {}),
            ("nip", {"klaim": " "}),
        ):
            with pytest.raises(Unbelievable):
                who(field_, claims)
        set_active(connection, "budi", False)
        assert who("nip", {"klaim": nip}) is None


def test_who_is_unknown_gets_an_account_only_where_the_settings_say_so(engine: Engine, now: datetime) -> None:
    login = Login()
    claims = {"preferred_username": "rina", "name": "Rina", "email": "r@contoh.go.id", "email_verified": True}

    def enter(creates: bool, **other: Any) -> Any:
        settings = ProviderSettings("https://sso.example", CLIENT, SECRET, creates=creates)
        with read(engine) as connection:
            return login.log_in_vouched(
                connection, settings, {**claims, **other}, "10.0.0.1", "Peramban", now
            )

    with pytest.raises(Stranger):
        enter(False)
    entered = enter(True)
    assert (entered.actor.username, entered.actor.groups, entered.must_change) == ("rina", frozenset(), False)
    with write(engine) as connection:
        assert account_of(connection, "rina", now).member.email == "r@contoh.go.id"
        assert [each.verb for each in trail(connection, "person:rina")] == ["login", "user.add"]
        set_active(connection, "rina", False)
    with pytest.raises(Stranger):
        enter(True)  # a closed account is not opened by the provider
    with pytest.raises(Stranger):
        enter(True, preferred_username="bukan nama pengguna!")


def test_logins_that_come_to_nothing_are_kept_and_counted_unless_anybody_could_send_them(
    engine: Engine, now: datetime
) -> None:
    login = Login()

    def note(error: NotVouched) -> None:
        with write(engine) as connection:
            login.note_not_vouched(connection, error, "10.0.0.1", now)

    for _ in range(60):
        note(NotBegunHere("SSO"))
        note(Declined("SSO"))
    with read(engine) as connection:
        login.check_address(connection, "10.0.0.1", now)
        assert trail(connection, "person:?") == []
    for _ in range(50):
        note(Unbelievable("SSO", "iss"))
    with read(engine) as connection, pytest.raises(TooManyAttempts):
        login.check_address(connection, "10.0.0.1", now)
    with read(engine) as connection:
        (last, *_) = trail(connection, "person:?")
        assert (last.outcome, last.detail) == ("Unbelievable", {"address": "10.0.0.1", "openid": "iss"})
