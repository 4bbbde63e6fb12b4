"""What is particular to each component."""

from __future__ import annotations

import time
from contextlib import closing
from http.client import HTTPConnection

import httpx
import pika
import psycopg
import pytest
import redis

from harness.contract import Counts, DiskUse, Headroom, Operations
from harness.errors import EnvironmentFault, UsageError


def test_postgresql_asks_for_the_password(up):
    """Nobody gets in with another."""
    url = up("postgresql").components["postgresql"].url
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace("chat:", "chat:not"))


def test_postgresql_runs_with_the_settings_that_were_declared(up):
    """By both launchers alike."""
    placed = up("postgresql").components["postgresql"]
    with psycopg.connect(placed.url) as link:
        shown = [
            link.execute(f"SHOW {s.partition('=')[0]}".encode()).fetchone()[0]
            for s in placed.component.settings
        ]
    assert shown == [setting.partition("=")[2] for setting in placed.component.settings]


def test_postgresql_counts_and_weighs(up):
    """For the audit, and for the cost model."""
    with closing(up("postgresql").components["postgresql"].connect()) as client:
        assert isinstance(client, Counts)
        assert isinstance(client, DiskUse)
        assert client.count("SELECT count(*) FROM generate_series(1, 5)") == 5
        assert client.bytes_on_disk() > 1_000_000


def test_the_books_of_a_stack_are_counted(up):
    """By kind; an unknown kind is refused."""
    placed = up("postgresql")
    assert placed.count("users") == 2
    with pytest.raises(UsageError, match="users, conversations"):
        placed.count("cats")


def test_books_that_cannot_be_read_are_an_environment_fault(up):
    """A server that cannot count says so by name."""
    with pytest.raises(EnvironmentFault, match="redis has no ability to count"):
        up("redis").count("users")


def test_redis_asks_for_the_password(up):
    """Nobody gets in without."""
    at = up("redis").components["redis"].at
    link = redis.Redis(host=at.host, port=at.port)
    with closing(link), pytest.raises(redis.AuthenticationError):
        link.ping()


def test_redis_drops_what_was_used_least_recently(up):
    """And keeps nothing on disk."""
    with closing(redis.Redis.from_url(up("redis").components["redis"].url)) as link:
        settings = link.config_get("maxmemory*", "save", "appendonly")
    assert settings["maxmemory-policy"] == "allkeys-lru"
    assert settings["maxmemory"] == str(128 * 2**20)
    assert (settings["save"], settings["appendonly"]) == ("", "no")


def test_memcached_has_the_memory_that_was_declared(up):
    """As much as Redis."""
    with closing(up("memcached").components["memcached"].connect()) as client:
        assert client.link.stats()[b"limit_maxbytes"] == 128 * 2**20


def test_rabbitmq_has_our_user_only(up):
    """The guest that every broker comes with does not get in."""
    at = up("rabbitmq").components["rabbitmq"].at
    guest = pika.ConnectionParameters(at.host, at.port)
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        pika.BlockingConnection(guest)


def test_rabbitmq_takes_a_message_and_gives_it_back(up):
    """Durable and confirmed."""
    url = up("rabbitmq").components["rabbitmq"].url
    with closing(pika.BlockingConnection(pika.URLParameters(url))) as link:
        channel = link.channel()
        channel.queue_declare("test", durable=True)
        channel.confirm_delivery()
        channel.basic_publish("", "test", b"hello", mandatory=True)
        assert channel.basic_get("test", auto_ack=True)[2] == b"hello"


def test_sqlite_tells_the_version_that_wrote_the_file_and_counts(up):
    """The app's own library; two rows are there."""
    placed = up("sqlite").components["sqlite"]
    with closing(placed.connect()) as client:
        assert client.count("SELECT count(*) FROM t") == 2
        assert client.bytes_on_disk() > 4096


def test_nginx_passes_the_request_on(up):
    """Path, host and the client's address."""
    url = up("nginx").url
    said = httpx.get(f"{url}/a%2Fb?c=1").json()
    assert said["path"] == "/a%2Fb?c=1"
    assert said["headers"]["Host"] == url.removeprefix("http://")
    assert "X-Forwarded-For" in said["headers"]


def test_nginx_lets_the_app_refuse_large_bodies(up):
    """The app's own limit is below the gateway's."""
    assert httpx.post(up("nginx").url, content=b"x" * 70_000).json() == {"size": 70_000}


def test_nginx_answers_what_is_too_large_for_itself_with_a_problem(up):
    """As every error of the contract."""
    answer = httpx.post(up("nginx").url, content=b"x" * 2_000_000)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:bakeoff:problem:too-large"


def test_nginx_streams_what_the_app_streams(up):
    """The first event comes long before the last."""
    at = up("nginx").components["nginx"].at
    with closing(HTTPConnection(at.host, at.port)) as connection:
        began = time.monotonic()
        connection.request("GET", "/stream")
        response = connection.getresponse()
        first = response.readline()
        after = time.monotonic() - began
        rest = response.read()
    assert (first, rest.count(b"data:")) == (b"data: 0\n", 2)
    assert after < 0.5 < time.monotonic() - began


@pytest.mark.parametrize("path", ["/", "/a/b?c=1", "/v1/me"])
def test_the_blank_has_one_answer_for_all(up, path):
    """200 bytes of JSON, whatever is asked."""
    answer = httpx.get(up("blank").url + path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert (len(answer.content), list(answer.json())) == (200, ["blank"])


def test_redis_counts_commands_on_data(up):
    """And not those by which connections are made, or the server is looked at."""
    placed = up("redis").components["redis"]
    with closing(placed.connect()) as client, closing(redis.Redis.from_url(placed.url)) as user:
        before = client.operations()
        for command in (user.ping, user.dbsize, lambda: user.set("a", 1), lambda: user.get("a")):
            command()
        assert isinstance(client, Operations)
        assert client.operations() - before == 2


def test_memcached_counts_items(up):
    """Each that is asked for, stored, touched or deleted, found or not."""
    with closing(up("memcached").components["memcached"].connect()) as client:
        before = client.operations()
        client.link.set("a", b"1", noreply=False)
        client.link.get_many(["a", "b"])
        client.link.touch("a", noreply=False)
        client.link.delete("b", noreply=False)
        assert isinstance(client, Operations)
        assert client.operations() - before == 5


def test_postgresql_counts_transactions_once_it_has_told_of_them(up):
    """A connection tells when its server process ends, soon after it was closed; what stays open
    tells within `late_s`.
    """
    placed = up("postgresql").components["postgresql"]
    with closing(placed.connect()) as client:
        assert isinstance(client, Operations)
        assert client.late_s > 10
        before = client.operations()
        with psycopg.connect(placed.url, autocommit=True) as user:
            for _ in range(50):
                user.execute("SELECT 1")
        looks, limit = 0, time.monotonic() + 10
        while (grown := client.operations() - before) < 50 and time.monotonic() < limit:
            looks += 1
            time.sleep(0.1)
        assert 50 <= grown < 60 + looks  # connecting and looking are transactions as well


def test_llm_measures_its_own_headroom(up):
    """Whole answers per second."""
    with closing(up("llm").components["llm"].connect()) as client:
        assert isinstance(client, Headroom)
        assert client.ceiling(0.2) > 10


def test_llm_says_openai_what_it_is_asked_for(up):
    """The same question has the same answer."""
    ask = {"model": "bakeoff-1", "messages": [{"role": "user", "content": "hello"}]}
    url = f"{up('llm').url}/chat/completions"
    answers = {httpx.post(url, json=ask).json()["choices"][0]["message"]["content"] for _ in "12"}
    assert len(answers) == 1
