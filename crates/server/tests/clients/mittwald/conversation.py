"""Conversations with every field and with none; categories, members and preferences."""

from uuid import UUID

from desk import client_of, desk, expect, nobody
from mittwald_api_client.api.conversation import (
    conversation_create_conversation as create,
    conversation_get_category as get_category,
    conversation_get_conversation as get,
    conversation_get_conversation_members as get_members,
    conversation_get_conversation_preferences_of_customer as get_preferences,
    conversation_list_categories as list_categories,
    conversation_set_conversation_status as set_status,
    conversation_update_conversation as update,
)
from mittwald_api_client.models import (
    ConversationCreateConversationBody as New,
    ConversationSetConversationStatusBody as StatusBody,
    ConversationUpdateConversationBody as Change,
    DeMittwaldV1ConversationCategory as Category,
    DeMittwaldV1ConversationConversation as Conversation,
    DeMittwaldV1ConversationConversationPreferences as Preferences,
)

ada, bob = client_of("ada"), client_of("bob")
people = {name: UUID(person["id"]) for name, person in desk["people"].items()}


def read(client, conversation) -> dict:
    return expect(200, get.sync_detailed(client=client, conversation_id=conversation), Conversation).to_dict()


def begin(**data) -> UUID:
    return expect(201, create.sync_detailed(client=ada, body=New.from_dict(data))).conversation_id


categories = {one.name: one for one in expect(200, list_categories.sync_detailed(client=nobody), list)}
assert {"general", "domains", "emails", "extension"} <= set(categories)
domains = categories["domains"]
assert expect(200, get_category.sync_detailed(client=ada, category_id=domains.category_id), Category) == domains

bare = read(ada, begin())
assert bare["title"] == "Conversation" and bare["status"] == "open" and bare["visibility"] == "private"
assert bare["mainUser"]["userId"] == str(people["ada"])
assert bare["category"]["name"] == "general"

# The client of this version does not know messageContent; like everything that it does not know it sends it on.
given = {
    "title": "Everything",
    "categoryId": str(domains.category_id),
    "mainUserId": str(people["bob"]),
    "messageContent": "**All** of it",
    "notificationRoles": ["customer_owner", "project_external"],
    "relatedTo": {"domain": "app", "aggregate": "appinstallation", "id": "a-1234"},
    "sharedWith": {"domain": "project", "aggregate": "project", "id": desk["project"]},
}
conversation = begin(**given)
full = read(bob, conversation)
for field in ["title", "notificationRoles", "relatedTo", "sharedWith"]:
    assert full[field] == given[field], (field, full)
assert full["visibility"] == "shared" and full["mainUser"]["userId"] == given["mainUserId"]
assert read(client_of("eve"), conversation) == full

members = expect(200, get_members.sync_detailed(client=bob, conversation_id=conversation), list)
assert {str(people["ada"]), str(people["bob"])} <= {member.user_id for member in members}
assert all(member.active for member in members)

change = Change.from_dict({"title": "Something else", "categoryId": str(categories["general"].category_id)})
assert expect(200, update.sync_detailed(client=ada, conversation_id=conversation, body=change)).conversation_id == conversation
changed = read(ada, conversation)
assert (changed["title"], changed["category"]["name"]) == ("Something else", "general")

for status in ["closed", "answered", "open"]:
    body = StatusBody.from_dict({"status": status})
    expect(200, set_status.sync_detailed(client=ada, conversation_id=conversation, body=body))
    assert read(ada, conversation)["status"] == status

customer = UUID(desk["customer"])
preferences = expect(200, get_preferences.sync_detailed(client=ada, customer_id=customer), Preferences)
assert preferences.customer_id == customer
