// Every refusal reaches the caller as the client's own error, with its type and its reasons.

import { assertStatus } from "@mittwald/api-client";
import { ApiClientError } from "@mittwald/api-client-commons";
import assert from "node:assert/strict";
import { clientOf, desk, expect, here, nobody } from "./desk.mjs";

const ada = clientOf("ada");
const unknown = "0190f5e2-4c8f-7d3a-9b61-0123456789ab";

async function refusal(status, answer) {
  const response = await answer;
  assert.throws(() => assertStatus(response, 200), (error) => {
    assert.ok(error instanceof ApiClientError);
    assert.equal(error.response.status, status, JSON.stringify(error.response.data));
    return true;
  });
  return response.data;
}

const missing = await refusal(404, ada.conversation.getConversation({ conversationId: unknown }));
assert.equal(typeof missing.message, "string");
assert.equal(typeof missing.type, "string");

const unauthenticated = await refusal(401, nobody.conversation.listConversations());
assert.equal(typeof unauthenticated.message, "string");

const long = await refusal(400, ada.conversation.createConversation({ data: { messageContent: "x".repeat(8001) } }));
assert.equal(long.type, "ValidationError");
assert.deepEqual(long.validationErrors.map(({ path, type }) => ({ path, type })), [
  { path: ".messageContent", type: "maxLength" },
]);

const { conversationId } = await expect(201, ada.conversation.createConversation({ data: { title: "Errors" } }));

const wrong = await refusal(400, ada.conversation.setConversationStatus({ conversationId, data: { status: "resolved" } }));
assert.deepEqual(wrong.validationErrors.map(({ path, type }) => ({ path, type })), [{ path: ".status", type: "enum" }]);

const nothing = await refusal(400, ada.conversation.createMessage({ conversationId, data: {} }));
assert.equal(nothing.validationErrors[0].type, "minimum");

const several = await refusal(
  400,
  ada.conversation.createConversation({
    data: { mainUserId: "ada", notificationRoles: ["boss"], sharedWith: { domain: "project", aggregate: "project" } },
  }),
);
const paths = new Set(several.validationErrors.map(({ path }) => path.split(/[.[]/)[1]));
assert.deepEqual([...paths].sort(), ["mainUserId", "notificationRoles", "sharedWith"]);

await refusal(401, nobody.user.authenticate({ data: { email: desk.people.ada.email, password: "wrong" } }));
await refusal(404, clientOf("mallory").conversation.getConversation({ conversationId }));
await refusal(404, clientOf("mallory").conversation.createMessage({ conversationId, data: { messageContent: "Hi" } }));

// Against a server that is not there the client says so itself.
const lost = here(nobody.constructor.newWithToken("x"));
lost.axios.defaults.baseURL = "http://127.0.0.1:9";
await assert.rejects(lost.conversation.listConversations(), /ECONNREFUSED/);
