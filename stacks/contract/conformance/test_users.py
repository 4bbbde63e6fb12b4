"""Users: signing up, signing in, and the tokens."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from stacks.contract.conformance.client import Api, User, altered, fresh

PLACES = ("/v1/users", "/v1/sessions")
BAD_NAMES = {
    "too short": "ab",
    "too long": "a" * 65,
    "upper case": "Somebody",
    "a space": "some body",
    "a line end": "somebody\n",
    "not ASCII": "näme",
    "digits that are not ASCII": "abc\u0663\u0664\u0665",
    "a slash": "some/body",
    "empty": "",
    "SQL": "x'; DROP TABLE users;--",
    "a number": 12345,
    "null": None,
    "a list": ["somebody"],
}
BAD_PASSWORDS = {
    "too short": "1234567",
    "too long": "p" * 129,
    "a number": 123456789,
    "null": None,
    "NUL": "12345678\0",
    "an object": {"$ne": ""},
}


def test_a_new_user_is_told_who_they_are(api: Api) -> None:
    """A user has the name that was asked for, and an id; the password is never told."""
    user = api.new_user()
    me = user.get("/v1/me").ok(200)
    assert (me["id"], me["name"]) == (user.id, user.name)


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("case", BAD_NAMES)
def test_a_name_that_does_not_fit_is_422(api: Api, where: str, case: str) -> None:
    """A name is 3 to 64 of a-z, 0-9, `_`, `.` and `-`, and nothing else."""
    body = {"name": BAD_NAMES[case], "password": "long-enough-1"}
    api.request("POST", where, json=body).problem(422, "invalid", "/name")


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("case", BAD_PASSWORDS)
def test_a_password_that_does_not_fit_is_422(api: Api, where: str, case: str) -> None:
    """A password is a string of 8 to 128 characters without U+0000."""
    body = {"name": fresh("n"), "password": BAD_PASSWORDS[case]}
    api.request("POST", where, json=body).problem(422, "invalid", "/password")


@pytest.mark.parametrize("where", PLACES)
def test_every_fault_is_told(api: Api, where: str) -> None:
    """A 422 has one entry in `errors` for each fault of the input."""
    answer = api.request("POST", where, json={"name": "X"})
    answer.problem(422, "invalid", "/name")
    answer.problem(422, "invalid", "/password")


@pytest.mark.parametrize("name", ["a.b", "-_-", "0" * 3, "z" * 44])
def test_names_at_the_bounds_are_taken(api: Api, name: str) -> None:
    """Names of 3 to 64 characters are allowed, with dots, dashes and underscores."""
    unique = fresh("n")[:7] + name if len(name) == 3 else name + fresh("")[:8] + fresh("")
    api.new_user(name=unique)


def test_the_shortest_name_fits(api: Api) -> None:
    """Three characters are enough for a name; whether it is taken or not, it is not 422."""
    answer = api.request("POST", "/v1/users", json={"name": "a-z", "password": fresh("password")})
    if answer.status not in (201, 409):
        raise answer.breach("a name of three characters fits the schema: 201, or 409 if taken")


def test_a_password_counts_to_its_last_character(api: Api) -> None:
    """Passwords have up to 128 characters of any Unicode text, all of which count."""
    long = "\N{GRINNING FACE}é" * 63 + "x"
    user = api.new_user(password=long + "y")
    wrong = {"name": user.name, "password": long + "z"}
    api.request("POST", "/v1/sessions", json=wrong).problem(401, "unauthorized")
    right = {"name": user.name, "password": long + "y"}
    assert api.request("POST", "/v1/sessions", json=right).ok(201)["user"]["id"] == user.id


def test_a_taken_name_is_409(api: Api, user: User) -> None:
    """A name belongs to one user; the second one gets 409, whatever the password."""
    body = {"name": user.name, "password": fresh("password")}
    api.request("POST", "/v1/users", json=body).problem(409, "conflict")


def test_one_of_many_gets_the_name(api: Api) -> None:
    """When several ask for a name in the same moment, one gets it and the others get 409."""
    body = {"name": fresh("n"), "password": fresh("password")}
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(api.request, "POST", "/v1/users", json=body) for _ in range(5)]
    statuses = sorted(each.result().status for each in asked)
    assert statuses == [201, 409, 409, 409, 409]


def test_a_wrong_password_and_an_unknown_name_look_the_same(api: Api, user: User) -> None:
    """Wrong credentials are 401, and do not tell whether the name exists."""
    wrong = {"name": user.name, "password": "not-this-one"}
    unknown = {"name": fresh("n"), "password": "not-this-one"}
    first = api.request("POST", "/v1/sessions", json=wrong).problem(401, "unauthorized")
    second = api.request("POST", "/v1/sessions", json=unknown).problem(401, "unauthorized")
    assert first == second


def test_unknown_members_are_ignored(api: Api) -> None:
    """Unknown members of a body are ignored."""
    body = {"name": fresh("n"), "password": fresh("password"), "id": "1", "admin": True}
    assert api.request("POST", "/v1/users", json=body).ok(201)["user"]["id"] != "1"


def test_both_tokens_work(api: Api, user: User) -> None:
    """A new session does not end the one before."""
    credentials = {"name": user.name, "password": user.password}
    token = api.request("POST", "/v1/sessions", json=credentials).ok(201)["token"]
    for each in (token, user.token):
        api.request("GET", "/v1/me", headers={"authorization": f"Bearer {each}"}).ok(200)


def test_the_scheme_is_read_in_any_case(api: Api, user: User) -> None:
    """`Bearer` is a scheme of HTTP, whose names are read in any case."""
    api.request("GET", "/v1/me", headers={"authorization": f"bearer {user.token}"}).ok(200)


def unsigned(user_id: str) -> str:
    """Return what a JWT library would take that lets `alg: none` pass."""
    parts = ({"alg": "none", "typ": "JWT"}, {"sub": user_id, "user_id": user_id, "exp": 9999999999})
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*coded, b""]).decode()


def test_a_token_that_was_not_given_out_is_401(api: Api, user: User) -> None:
    """Only a token that was given out, unaltered and complete, signs in."""
    forged = [
        *altered(user.token),
        user.token[:-4],
        unsigned(user.id),
        user.id,
        "null",
        "' OR '1'='1",
    ]
    for token in forged:
        headers = {"authorization": f"Bearer {token}"}
        api.request("GET", "/v1/me", headers=headers).problem(401, "unauthorized")


@pytest.mark.parametrize("scheme", ["Basic", "Token", "Bearer Bearer"])
def test_another_scheme_is_401(api: Api, user: User, scheme: str) -> None:
    """The token comes as `Authorization: Bearer <token>`, in no other way."""
    headers = {"authorization": f"{scheme} {user.token}"}
    api.request("GET", "/v1/me", headers=headers).problem(401, "unauthorized")


@pytest.mark.parametrize("value", ["Bearer", "", "Bearer ,", "x" * 4000, "Bearer " + "é€" * 20])
def test_a_header_without_a_token_is_401(api: Api, value: str) -> None:
    """Whatever else the header Authorization holds is 401."""
    headers = {"authorization": value.encode()}
    api.request("GET", "/v1/me", headers=headers).problem(401, "unauthorized")


def test_a_header_beyond_all_measure_is_refused(api: Api) -> None:
    """A header of 20,000 characters is refused, by the app (401) or in front of it (4xx)."""
    headers = {"authorization": f"Bearer {'x' * 20_000}"}
    answer = api.request("GET", "/v1/me", headers=headers, judged=False)
    if not 400 <= answer.status < 500:
        raise answer.breach("a header that is too large is refused with 4xx")
