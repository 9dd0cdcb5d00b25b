"""Who I am, and how I sign in."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

from desk import HTTPX, client_of, desk, expect, nobody
from mittwald_api_client import AuthenticatedClient
from mittwald_api_client.api.conversation import conversation_list_conversations as listing
from mittwald_api_client.api.user import (
    user_authenticate as authenticate,
    user_create_api_token as create_token,
    user_delete_api_token as delete_token,
    user_get_own_email as get_email,
    user_get_user as get_user,
    user_list_api_tokens as list_tokens,
    user_request_avatar_upload as request_avatar,
)
from mittwald_api_client.models import (
    DeMittwaldV1CommonsError as Error,
    DeMittwaldV1CommonsValidationErrors as Invalid,
    DeMittwaldV1UserUser as User,
    UserAuthenticateBody as Credentials,
    UserCreateApiTokenBody as NewToken,
)

ada = client_of("ada")
me = desk["people"]["ada"]


def bearing(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=desk["url"], token=token, httpx_args=HTTPX)


def self_of(client):
    return expect(200, get_user.sync_detailed("self", client=client), User)


user = self_of(ada)
assert user.user_id == UUID(me["id"]) and user.email == me["email"]
assert (user.person.first_name, user.person.last_name) == ("Ada", "Example")
assert expect(200, get_user.sync_detailed(me["id"], client=ada), User) == user
expect(404, get_user.sync_detailed("0190f5e2-4c8f-7d3a-9b61-0123456789ab", client=ada), Error)
assert expect(200, get_email.sync_detailed(client=ada)).email == me["email"]

body = Credentials(email=me["email"], password=me["password"])
signed = expect(200, authenticate.sync_detailed(client=nobody, body=body))
assert signed.expires > datetime.now(timezone.utc)
assert self_of(bearing(signed.token)) == user
wrong = Credentials(email=me["email"], password="wrong")
expect(401, authenticate.sync_detailed(client=nobody, body=wrong), Invalid)

expires = datetime.now(timezone.utc) + timedelta(hours=1)
new = NewToken.from_dict({"description": "reader", "roles": ["api_read"], "expiresAt": expires.isoformat()})
reader = bearing(expect(201, create_token.sync_detailed(client=ada, body=new)).token)
expect(200, listing.sync_detailed(client=reader), list)
tokens = expect(200, list_tokens.sync_detailed(client=ada), list)
[known] = [token for token in tokens if token.description == "reader"]
assert abs(known.expires_at - expires) < timedelta(milliseconds=1)
assert delete_token.sync_detailed(known.api_token_id, client=ada).status_code == 204
expect(401, listing.sync_detailed(client=reader), Error)

avatar = expect(200, request_avatar.sync_detailed("self", client=ada))
assert "image/png" in avatar.rules.mime_types
