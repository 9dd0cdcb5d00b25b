"""What somebody else wrote to a conversation of mine, until I have read it."""

from uuid import UUID

from desk import client_of, eventually, expect
from mittwald_api_client.api.conversation import (
    conversation_create_conversation as create,
    conversation_create_message as send,
)
from mittwald_api_client.api.notification import (
    notifications_count_unread_notifications as count,
    notifications_list_notifications as listing,
    notifications_read_all_notifications as read_all,
    notifications_read_notification as read,
)
from mittwald_api_client.models import (
    ConversationCreateConversationBody as New,
    ConversationCreateMessageBody as Message,
    NotificationsListNotificationsSeverityItem as Severity,
    NotificationsListNotificationsStatus as Status,
    NotificationsReadNotificationBody as Read,
)

ada, eve = client_of("ada"), client_of("eve")


def unread() -> int:
    return expect(200, count.sync_detailed(client=ada)).total


def listed(**parameters) -> list:
    return expect(200, listing.sync_detailed(client=ada, **parameters), list)


conversation = expect(201, create.sync_detailed(client=ada, body=New(title="Notified"))).conversation_id
for text in ["one", "two", "three"]:
    expect(201, send.sync_detailed(client=eve, conversation_id=conversation, body=Message(message_content=text)))
eventually(unread, lambda total: total == 3)

all_of_them = listed()
assert [one.read for one in all_of_them] == [False] * 3
assert {one.reference.id for one in all_of_them} == {str(conversation)}
assert len(listed(status=Status.UNREAD, severity=list(Severity), type_=[all_of_them[0].type_])) == 3
assert listed(type_not=[all_of_them[0].type_]) == []
assert len(listed(limit=2, page=2)) == 1

first = all_of_them[0].id
expect(200, read.sync_detailed(first, client=ada, body=Read.from_dict({"status": "read"})))
assert unread() == 2
assert [one.id for one in listed(status=Status.READ)] == [first]
done = expect(200, read_all.sync_detailed(client=ada, reference_id=UUID(str(conversation))))
assert done.updated_count == 2
assert unread() == 0
