// What somebody else wrote to a conversation of mine, until I have read it.

import assert from "node:assert/strict";
import { clientOf, desk, eventually, expect } from "./desk.mjs";

const [ada, bob, eve] = ["ada", "bob", "eve"].map(clientOf);
const list = (queryParameters) => expect(200, ada.notification.slistNotifications({ queryParameters }));
const counts = () => expect(200, ada.notification.scountUnreadNotifications());
const begin = async (title) => {
  const sharedWith = { domain: "user", aggregate: "user", id: desk.people.bob.id };
  const data = { title, messageContent: title, sharedWith };
  return (await expect(201, ada.conversation.createConversation({ data }))).conversationId;
};
const say = (client, conversationId) =>
  expect(201, client.conversation.createMessage({ conversationId, data: { messageContent: "An answer" } }));

const [first, second] = [await begin("first"), await begin("second")];
await say(eve, first);
await say(bob, first);
await say(eve, second);
await say(ada, second);

const { error, info, success, total, warning } = await eventually(counts, ({ total }) => total >= 3);
assert.equal(total, 3);
assert.equal(error + info + success + warning, total);

const all = await list();
assert.equal(all.length, 3);
assert.deepEqual(all.map(({ read }) => read), [false, false, false]);
for (const { reference } of all) {
  assert.deepEqual([reference.domain, reference.aggregate], ["conversation", "conversation"]);
}
const of = (id) => all.filter(({ reference }) => reference.id === id);
assert.deepEqual([of(first).length, of(second).length], [2, 1]);

const { type, severity } = all[0];
assert.equal((await list({ status: "unread", severity: [severity], type: [type] })).length, 3);
assert.equal((await list({ "type-not": [type] })).length, 0);
assert.equal((await list({ limit: 2 })).length, 2);
assert.equal((await list({ limit: 2, page: 2 })).length, 1);

const notificationId = of(second)[0].id;
const read = ada.notification.sreadNotification({ notificationId, data: { status: "read" } });
assert.deepEqual(await expect(200, read), { status: "read" });
assert.equal((await counts()).total, 2);
assert.deepEqual((await list({ status: "read" })).map(({ id }) => id), [notificationId]);
await expect(404, clientOf("mallory").notification.sreadNotification({ notificationId, data: { status: "read" } }));

const queryParameters = { referenceId: first, referenceAggregate: "conversation", referenceDomain: "conversation" };
const done = await expect(200, ada.notification.sreadAllNotifications({ queryParameters }));
assert.deepEqual(done, { status: "read", updatedCount: 2 });
assert.equal((await counts()).total, 0);
assert.deepEqual(await expect(200, ada.notification.sreadAllNotifications()), { status: "read", updatedCount: 0 });
