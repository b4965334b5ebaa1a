"""Changing oneself: name, picture, language, password; and what others see."""

from __future__ import annotations

import base64
from typing import Any

from agora.domains.place.accounts.avatars import DEFAULTS, draw_default, draw_face
from agora.domains.place.accounts.pictures import image_type
from tests.domains.place.conftest import API, check_described
from tests.kit.server import Kit, Person

PASSWORD = "correct horse battery"


def data_uri(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


async def registered(kit: Kit) -> Person:
    answer = await kit.request("POST", f"{API}/auth/register", json={"login": "ada", "password": PASSWORD})
    return Person(int(answer.json["user_id"]), "ada", answer.json["token"])


async def test_change_name_and_language(agora: Kit) -> None:
    ada = await agora.person("ada")
    body = {"username": "ada.l", "global_name": "  Ada   Lovelace ", "locale": "fr"}
    answer = await agora.scenario("PATCH", f"{API}/users/@me", ada, json=body, events=["UserUpdated"])
    check_described("PATCH", "/users/@me", answer)
    assert (answer.json["username"], answer.json["global_name"]) == ("ada.l", "Ada Lovelace")
    assert answer.json["locale"] == "fr"
    ben = await agora.person("ben")
    seen = await agora.scenario("GET", f"{API}/users/{ada.id}", ben)
    check_described("GET", f"/users/{ada.id}", seen)
    assert seen.json["global_name"] == "Ada Lovelace"
    await agora.scenario("PATCH", f"{API}/users/@me", ada, json=body)
    gone = await agora.scenario("PATCH", f"{API}/users/@me", ada, json={"global_name": None}, events=["UserUpdated"])
    assert gone.json["global_name"] is None


async def test_a_name_that_is_taken_changes_nothing(agora: Kit) -> None:
    ada, _ = await agora.person("ada"), await agora.person("ben")
    answer = await agora.scenario("PATCH", f"{API}/users/@me", ada, json={"username": "BEN"}, status=400)
    assert answer.json["errors"]["username"]["_errors"][0]["code"] == "USERNAME_ALREADY_TAKEN"
    same = await agora.scenario("PATCH", f"{API}/users/@me", ada, json={"username": "Ada"}, events=["UserUpdated"])
    assert same.json["username"] == "Ada"


async def test_a_picture_is_stored_and_served(agora: Kit) -> None:
    ada = await agora.person("ada")
    face = draw_face("ada")
    answer = await agora.scenario("PATCH", f"{API}/users/@me", ada, json={"avatar": data_uri(face)}, events=["UserUpdated"])
    served = await agora.scenario("GET", f"/avatars/{ada.id}/{answer.json['avatar']}.png?size=128")
    assert served.body == face
    assert served.headers["Content-Type"] == "image/png"
    assert "immutable" in served.headers["Cache-Control"]
    await agora.scenario("GET", f"/avatars/{ada.id}/{'0' * 64}.png", status=404)
    await agora.scenario("GET", f"/avatars/{ada.id}/..%2f..%2fagora.db.png", status=404)
    without = await agora.scenario("PATCH", f"{API}/users/@me", ada, json={"avatar": None}, events=["UserUpdated"])
    assert without.json["avatar"] is None


NO_PICTURES: list[str] = [
    "not a picture",
    "data:image/png;base64,%%%",
    "data:text/html;base64,PGI+",
    data_uri(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    data_uri(b"\x89PNG\r\n\x1a\n" + b"0" * (2 << 20)),
]


async def test_what_is_no_picture_is_refused(agora: Kit) -> None:
    ada = await agora.person("ada")
    for avatar in NO_PICTURES:
        answer = await agora.scenario("PATCH", f"{API}/users/@me", ada, json={"avatar": avatar}, status=400)
        assert "avatar" in answer.json["errors"]


async def test_a_new_password_ends_the_other_sign_ins(agora: Kit) -> None:
    ada = await registered(agora)
    other = (await agora.request("POST", f"{API}/auth/login", json={"login": "ada", "password": PASSWORD})).json["token"]
    body: dict[str, Any] = {"password": "wrong", "new_password": "another long one"}
    refused = await agora.scenario("PATCH", f"{API}/users/@me", ada, json=body, status=400)
    assert refused.json["errors"]["password"]["_errors"][0]["code"] == "PASSWORD_DOES_NOT_MATCH"
    body["password"] = PASSWORD
    await agora.scenario("PATCH", f"{API}/users/@me", ada, json=body, events=["CredentialRevoked"])
    assert (await agora.request("GET", f"{API}/users/@me", ada)).status == 200
    old = await agora.request("GET", f"{API}/users/@me", headers={"Authorization": other})
    assert old.status == 401
    await agora.scenario("POST", f"{API}/auth/login", json={"login": "ada", "password": PASSWORD}, status=400)
    await agora.scenario(
        "POST",
        f"{API}/auth/login",
        json={"login": "ada", "password": "another long one"},
        events=["CredentialIssued"],
    )


async def test_unknown_users_and_bad_ids(agora: Kit) -> None:
    ada = await agora.person("ada")
    unknown = await agora.scenario("GET", f"{API}/users/123456789", ada, status=404)
    assert unknown.json["code"] == 10013
    bad = await agora.scenario("GET", f"{API}/users/abc", ada, status=400)
    assert bad.json["code"] == 50035
    nobody = await agora.scenario("GET", f"{API}/users/@me", status=401)
    check_described("GET", "/users/@me", nobody)


def test_faces_are_pictures_that_only_their_seed_decides() -> None:
    faces = [draw_face(f"agent {number}") for number in range(12)]
    assert len(set(faces)) == 12
    assert draw_face("agent 3") == faces[3]
    assert {image_type(face) for face in faces} == {"image/png"}
    assert all(500 < len(face) < 20_000 for face in faces)


async def test_who_has_no_picture_gets_one_of_six(agora: Kit) -> None:
    bodies = {(await agora.scenario("GET", f"/embed/avatars/{number}.png")).body for number in range(DEFAULTS + 1)}
    assert len(bodies) == DEFAULTS
    assert draw_default(2) in bodies
    await agora.scenario("GET", "/embed/avatars/x.png", status=404)
