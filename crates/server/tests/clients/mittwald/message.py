"""A thread, of which every item must be parsed into the kind that it is."""

from uuid import UUID

from dateutil.parser import isoparse
from desk import client_of, desk, expect
from mittwald_api_client.api.conversation import (
    conversation_create_conversation as create,
    conversation_create_message as send,
    conversation_list_messages_by_conversation as listing,
    conversation_set_conversation_status as set_status,
    conversation_update_message as update,
)
from mittwald_api_client.models import (
    ConversationCreateConversationBody as New,
    ConversationCreateMessageBody as Body,
    ConversationSetConversationStatusBody as StatusBody,
    ConversationUpdateMessageBody as Edit,
    DeMittwaldV1CommonsError as Error,
    DeMittwaldV1ConversationMessage as Message,
    DeMittwaldV1ConversationStatusUpdate as StatusUpdate,
)

ada, eve = client_of("ada"), client_of("eve")
conversation = expect(201, create.sync_detailed(client=ada, body=New(title="Thread"))).conversation_id


def say(client, text: str) -> UUID:
    body = Body(message_content=text)
    said = expect(201, send.sync_detailed(client=client, conversation_id=conversation, body=body))
    assert said.conversation_id == conversation
    return said.message_id


def thread() -> list:
    return expect(200, listing.sync_detailed(client=ada, conversation_id=conversation), list)


def close() -> None:
    body = StatusBody.from_dict({"status": "closed"})
    expect(200, set_status.sync_detailed(client=ada, conversation_id=conversation, body=body))


say(ada, "First")
answer = say(eve, "An answer")
close()
own = say(ada, "Zweite 🙂 日本語")

items = thread()
said = [item.message_content for item in items if isinstance(item, Message)]
assert said == ["First", "An answer", "Zweite 🙂 日本語"], said
updates = [item.message_content for item in items if isinstance(item, StatusUpdate)]
assert updates[0] == "CONVERSATION_CREATED" and updates[-2:] == ["STATUS_CLOSED", "STATUS_OPEN"], updates
assert len(said) + len(updates) == len(items)
times = [isoparse(item.to_dict()["createdAt"]) for item in items]
assert times == sorted(times), times
spoken = next(item for item in items if isinstance(item, Message) and item.message_id == own)
assert spoken.created_by.user_id == desk["people"]["ada"]["id"]

edited = update.sync_detailed(client=ada, conversation_id=conversation, message_id=own, body=Edit(message_content="Third"))
assert expect(200, edited).message_id == own
[read] = [item for item in thread() if isinstance(item, Message) and item.message_id == own]
assert read.message_content == "Third"
refused = update.sync_detailed(client=ada, conversation_id=conversation, message_id=answer, body=Edit(message_content="No"))
expect(403, refused, Error)
