// With the client's consistency handling every read waits for the write before it: what was written is always there.

import assert from "node:assert/strict";
import { clientOf, expect } from "./desk.mjs";

const ada = clientOf("ada").withEventConsistencyHandling();
const reached = [];
ada.axios.interceptors.response.use((answer) => {
  const sent = answer.config.headers.get("if-event-reached");
  if (sent) reached.push(sent);
  return answer;
});

let last = 0n;
for (let round = 0; round < 5; round += 1) {
  const title = `round ${round}`;
  const created = await ada.conversation.createConversation({ data: { title, messageContent: title } });
  const { conversationId } = await expect(201, created);
  assert.ok(BigInt(created.headers.get("etag")) > last);
  assert.equal((await expect(200, ada.conversation.getConversation({ conversationId }))).title, title);
  const message = await ada.conversation.createMessage({ conversationId, data: { messageContent: "more" } });
  assert.ok(BigInt(message.headers.get("etag")) > BigInt(created.headers.get("etag")));
  last = BigInt(message.headers.get("etag"));
  const thread = await expect(200, ada.conversation.listMessagesByConversation({ conversationId }));
  assert.equal(thread.at(-1).messageContent, "more");
  await expect(200, ada.conversation.setConversationStatus({ conversationId, data: { status: "closed" } }));
  const [newest] = await expect(200, ada.conversation.listConversations({ queryParameters: { status: ["closed"] } }));
  assert.equal(newest.conversationId, conversationId);
}
assert.equal(reached.length, 15);
