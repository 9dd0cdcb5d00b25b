// A thread: what is said, edited and decided in it, as everybody sees it.

import assert from "node:assert/strict";
import { clientOf, desk, expect } from "./desk.mjs";

const [ada, eve] = ["ada", "eve"].map(clientOf);
const { conversationId } = await expect(
  201,
  ada.conversation.createConversation({ data: { title: "Thread", messageContent: "First" } }),
);
const say = (client, messageContent) =>
  expect(201, client.conversation.createMessage({ conversationId, data: { messageContent } }));
const thread = (client) => expect(200, client.conversation.listMessagesByConversation({ conversationId }));
const status = async () => (await expect(200, ada.conversation.getConversation({ conversationId }))).status;

const answer = await say(eve, "# Have you tried it again?\n\n- yes\n- no");
assert.equal(answer.conversationId, conversationId);
assert.equal(await status(), "answered");
const second = await say(ada, "Zweite Nachricht 🙂 日本語 <b>bold</b> https://example.com");
assert.equal(await status(), "open");
await expect(200, ada.conversation.setConversationStatus({ conversationId, data: { status: "closed" } }));
const third = await say(ada, "x".repeat(8000));
assert.equal(await status(), "open");

const items = await thread(ada);
assert.deepEqual(
  items.filter(({ type }) => type === "MESSAGE").map(({ messageContent }) => messageContent),
  [
    "First",
    "# Have you tried it again?\n\n- yes\n- no",
    "Zweite Nachricht 🙂 日本語 <b>bold</b> https://example.com",
    "x".repeat(8000),
  ],
);
const updates = items.filter(({ type }) => type === "STATUS_UPDATE").map(({ messageContent }) => messageContent);
assert.equal(updates[0], "CONVERSATION_CREATED");
assert.equal(items[0].messageContent, "CONVERSATION_CREATED");
assert.deepEqual(updates.slice(-2), ["STATUS_CLOSED", "STATUS_OPEN"]);
const times = items.map(({ createdAt }) => Date.parse(createdAt));
assert.deepEqual(times, [...times].sort((a, b) => a - b));
assert.deepEqual(await thread(eve), items);

const spoken = items.find(({ messageId }) => messageId === second.messageId);
assert.deepEqual([spoken.conversationId, spoken.createdBy.userId], [conversationId, desk.people.ada.id]);
assert.equal(items.find(({ messageId }) => messageId === answer.messageId).createdBy.isEmployee, true);

const edit = (client, messageId, messageContent) =>
  client.conversation.updateMessage({ conversationId, messageId, data: { messageContent } });
const { messageId } = third;
assert.deepEqual(await expect(200, edit(ada, messageId, "Third")), { messageId });
await expect(403, edit(ada, answer.messageId, "No"));
assert.equal((await thread(eve)).find((item) => item.messageId === messageId).messageContent, "Third");
await expect(404, edit(ada, conversationId, "No such message"));
await expect(200, ada.conversation.setConversationStatus({ conversationId, data: { status: "closed" } }));
await expect(403, edit(ada, messageId, "Too late"));
