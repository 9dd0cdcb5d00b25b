"""Every refusal is parsed into the client's own type for it."""

from uuid import UUID

from desk import client_of, expect, nobody
from mittwald_api_client.api.conversation import (
    conversation_create_conversation as create,
    conversation_create_message as send,
    conversation_get_category as get_category,
    conversation_get_conversation as get,
    conversation_list_conversations as listing,
)
from mittwald_api_client.models import (
    ConversationCreateConversationBody as New,
    ConversationCreateMessageBody as Message,
    DeMittwaldV1CommonsError as Error,
    DeMittwaldV1CommonsValidationErrors as Invalid,
)

UNKNOWN = UUID("0190f5e2-4c8f-7d3a-9b61-0123456789ab")
ada = client_of("ada")

missing = expect(404, get.sync_detailed(client=ada, conversation_id=UNKNOWN), Error)
assert missing.type_ and missing.message

expect(404, get_category.sync_detailed(client=nobody, category_id=UNKNOWN), Error)
expect(401, listing.sync_detailed(client=nobody), Error)

conversation = expect(201, create.sync_detailed(client=ada, body=New(title="Errors"))).conversation_id
body = Message(message_content="x" * 8001)
long = expect(400, send.sync_detailed(client=ada, conversation_id=conversation, body=body), Invalid)
fault = long.validation_errors[0]
assert (fault.path, fault.type_) == (".messageContent", "maxLength"), fault
assert fault.message

nothing = expect(400, send.sync_detailed(client=ada, conversation_id=conversation, body=Message()), Invalid)
assert nothing.validation_errors[0].type_ == "minimum", nothing
expect(404, get.sync_detailed(client=client_of("mallory"), conversation_id=conversation), Error)
