"""What somebody sends whose apprise has the URL octopush://… in its configuration."""

import json
import os
import socket

setting = json.loads(os.environ["SETTING"])
resolve = socket.getaddrinfo


def resolve_here(host, port, *more, **named):
    """The original's name leads to the door of the test; every other name is refused."""
    assert host == "api.octopush.com", host
    return resolve("127.0.0.1", setting["port"], *more, **named)


socket.getaddrinfo = resolve_here
os.environ["REQUESTS_CA_BUNDLE"] = setting["authority"]

import apprise  # noqa: E402, the name must resolve here before anything is imported that keeps the function


def notify(url: str, text: str) -> bool:
    """Whether apprise says that it was sent."""
    sender = apprise.Apprise()
    assert sender.add(url), url
    return bool(sender.notify(body=text))


login, key = setting["login"], setting["key"]
one = f"octopush://Parlance:{login}/{key}/%2B33600000001"
sent = [
    notify(f"{one}/?purpose=alert", "One to one"),
    notify(f"{one}/%2B33600000002/?purpose=alert&batch=yes&type=low-cost&replies=yes", "One to two, ça va ?"),
]
assert sent == [True, True], sent
refused = [
    notify(f"octopush://Parlance:{login}/plc_wrong/%2B33600000001", "With a wrong key"),
    notify(f"octopush://Parlance:nobody@example.com/{key}/%2B33600000001", "With a wrong login"),
]
assert refused == [False, False], refused

with open(os.environ["EXCHANGES"], "a", encoding="utf-8") as file:
    file.write(json.dumps({"sent": len(sent)}) + "\n")
