"""The desk that a script speaks to, and people with a client each."""

import json
import os
import time

import httpx
from mittwald_api_client import AuthenticatedClient, Client

desk = json.loads(os.environ["SETTING"])


def write_down(answer: httpx.Response) -> None:
    """Notes an answer for whoever checks it against the OpenAPI document."""
    answer.read()
    json_body = answer.headers.get("content-type", "").startswith("application/json")
    exchange = {
        "method": answer.request.method,
        "path": answer.request.url.path,
        "status": answer.status_code,
        "headers": dict(answer.headers),
        "body": answer.text if json_body else "",
    }
    with open(os.environ["EXCHANGES"], "a", encoding="utf-8") as file:
        file.write(json.dumps(exchange) + "\n")


HTTPX = {"event_hooks": {"response": [write_down]}}


def client_of(name: str) -> AuthenticatedClient:
    """Somebody's client."""
    token = desk["people"][name]["token"]
    return AuthenticatedClient(base_url=desk["url"], token=token, raise_on_unexpected_status=True, httpx_args=HTTPX)


nobody = Client(base_url=desk["url"], raise_on_unexpected_status=True, httpx_args=HTTPX)


def expect(status: int, answer, kind: type | None = None):
    """What stands in the answer, if it has this status and is of this kind."""
    assert answer.status_code == status, f"{answer.status_code}, not {status}: {answer.content!r}"
    assert kind is None or isinstance(answer.parsed, kind), f"{answer.parsed!r} is no {kind}"
    return answer.parsed


def eventually(ask, satisfies):
    """Asks again until the answer satisfies, because what follows a write is not awaited by it: for ten seconds."""
    end = time.monotonic() + 10
    while True:
        answer = ask()
        if satisfies(answer):
            return answer
        assert time.monotonic() < end, f"never satisfied: {answer!r}"
        time.sleep(0.05)
