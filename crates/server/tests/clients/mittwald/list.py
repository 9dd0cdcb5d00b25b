"""The list with every parameter that it has; every conversation in it is parsed."""

from desk import client_of, eventually, expect
from mittwald_api_client.api.conversation import (
    conversation_create_conversation as create,
    conversation_create_message as send,
    conversation_list_conversations as listing,
    conversation_set_conversation_status as set_status,
)
from mittwald_api_client.models import (
    ConversationCreateConversationBody as New,
    ConversationCreateMessageBody as Message,
    ConversationListConversationsOrderItem as Order,
    ConversationListConversationsSortItem as Sort,
    ConversationListConversationsStatusItem as Status,
    ConversationSetConversationStatusBody as StatusBody,
)

ada = client_of("ada")
BY_TITLE = {"sort": [Sort.TITLE], "order": [Order.ASC]}


def titles(**parameters) -> list[str]:
    return [one.title for one in expect(200, listing.sync_detailed(client=ada, **parameters), list)]


for title in ["beta", "alpha", "delta", "gamma", "epsilon"]:
    conversation = expect(201, create.sync_detailed(client=ada, body=New(title=title))).conversation_id
    said = Message(message_content=f"The {title} of the certificate")
    expect(201, send.sync_detailed(client=ada, conversation_id=conversation, body=said))
    if title == "delta":
        closed = StatusBody.from_dict({"status": "closed"})
        expect(200, set_status.sync_detailed(client=ada, conversation_id=conversation, body=closed))

assert titles() == ["epsilon", "gamma", "delta", "alpha", "beta"]
assert titles(status=[Status.OPEN]) == ["epsilon", "gamma", "alpha", "beta"]
assert titles(status=[Status.CLOSED]) == ["delta"]
assert len(titles(status=[Status.OPEN, Status.CLOSED])) == 5
assert titles(**BY_TITLE) == ["alpha", "beta", "delta", "epsilon", "gamma"]
assert len(titles(sort=list(Sort), order=[Order.ASC, Order.DESC])) == 5

# The client always sends skip=0, and limit=100 where nothing else is said: page must count nevertheless.
assert titles(limit=2, page=2, **BY_TITLE) == ["delta", "epsilon"]
assert titles(page=2) == []
assert titles(limit=2, skip=4, **BY_TITLE) == ["gamma"]
assert titles(limit=2, skip=2, page=1, **BY_TITLE) == ["delta", "epsilon"]

answer = listing.sync_detailed(client=ada, limit=2, page=2)
pages = [answer.headers[f"x-pagination-{name}"] for name in ["limit", "skip", "page", "totalcount"]]
assert pages == ["2", "2", "2", "5"], pages

eventually(lambda: titles(full_text_search="certificate"), lambda found: len(found) == 5)
assert titles(full_text_search="ALPHA certificate") == ["alpha"]
assert titles(full_text_search='"of the certificate"', status=[Status.CLOSED]) == ["delta"]
assert titles(full_text_search="nowhere") == []
