"""A file from its upload to its download, with what this client sends on the way."""

from io import BytesIO
from uuid import UUID

from desk import client_of, expect, nobody
from mittwald_api_client.api.conversation import (
    conversation_create_conversation as create,
    conversation_create_message as send,
    conversation_get_file_access_token as grant,
    conversation_list_messages_by_conversation as listing,
    conversation_request_file_upload as request,
)
from mittwald_api_client.api.file import (
    file_create_file as upload,
    file_get_file as download,
    file_get_file_meta as get_meta,
    file_get_file_upload_token_rules as rules_of_token,
    file_get_file_upload_type_rules as rules_of_type,
    file_get_file_with_name as download_named,
)
from mittwald_api_client.models import (
    ConversationCreateConversationBody as New,
    ConversationCreateMessageBody as Message,
    ConversationRequestFileUploadBody as Request,
    DeMittwaldV1CommonsError as Error,
    DeMittwaldV1CommonsValidationErrors as Invalid,
    DeMittwaldV1ConversationUploadedFile as Uploaded,
    DeMittwaldV1FileFileMeta as Meta,
    FileCreateFileBody as Upload,
    FileGetFileUploadTypeRulesFileUploadType as Type,
)
from mittwald_api_client.types import File

TEXT = "name;size\nalpha;1\n".encode()
ada = client_of("ada")
conversation = expect(201, create.sync_detailed(client=ada, body=New(title="Files"))).conversation_id

# Without a body this client still says that the body it does not send is JSON.
requested = expect(201, request.sync_detailed(client=ada, conversation_id=conversation))
expect(201, request.sync_detailed(client=ada, conversation_id=conversation, body=Request()))
assert "text/csv" in requested.rules.mime_types
token = requested.upload_token

of_token = expect(200, rules_of_token.sync_detailed(client=ada, file_upload_token=UUID(token)))
assert of_token == expect(200, rules_of_type.sync_detailed(client=nobody, file_upload_type=Type.CONVERSATION))


def send_file(token: str, name: str, mime_type: str, content: bytes):
    # The client declares the token as a UUID, and then cannot put one into a header.
    body = Upload(file=File(payload=BytesIO(content), file_name=name, mime_type=mime_type))
    return upload.sync_detailed(client=ada, body=body, token=token)


meta = expect(201, send_file(token, "Größen.csv", "text/csv", TEXT), Meta)
assert (meta.name, meta.mime_type, meta.size_in_bytes) == ("Größen.csv", "text/csv", len(TEXT))
again = send_file(token, "again.csv", "text/csv", TEXT)
assert 400 <= again.status_code < 500 and isinstance(again.parsed, (Error, Invalid)), again
other = expect(201, request.sync_detailed(client=ada, conversation_id=conversation)).upload_token
wrong = send_file(other, "page.html", "text/html", b"<script>alert(1)</script>")
assert wrong.status_code in (400, 406, 422) and isinstance(wrong.parsed, Invalid), wrong

expect(201, send.sync_detailed(client=ada, conversation_id=conversation, body=Message(file_ids=[meta.id])))
[attached] = expect(200, listing.sync_detailed(client=ada, conversation_id=conversation))[-1].files
assert isinstance(attached, Uploaded) and (attached.id, attached.name) == (meta.id, meta.name), attached

access = expect(200, grant.sync_detailed(client=ada, conversation_id=conversation, file_id=meta.id)).access_token
file_id = str(meta.id)
for answer in [
    download.sync_detailed(file_id, client=nobody, token_header=access),
    download.sync_detailed(file_id, client=nobody, token_query=access),
]:
    assert expect(200, answer, File).payload.read() == TEXT
# By its name a file comes as the bytes themselves.
named = download_named.sync_detailed(file_id, meta.name, client=nobody, token_header=access)
assert expect(200, named, bytes) == TEXT
assert expect(200, get_meta.sync_detailed(file_id, client=nobody, token_header=access), Meta) == meta
refused = download.sync_detailed(file_id, client=nobody)
assert refused.status_code in (401, 403, 404) and isinstance(refused.parsed, Error), refused
