// Conversations with every field and with none; categories, members and preferences.

import assert from "node:assert/strict";
import { clientOf, desk, expect, nobody } from "./desk.mjs";

const [ada, bob, eve] = ["ada", "bob", "eve"].map(clientOf);
const { people, project, customer } = desk;
const get = (client, conversationId) => expect(200, client.conversation.getConversation({ conversationId }));
const create = async (data) => (await expect(201, ada.conversation.createConversation({ data }))).conversationId;

const categories = await expect(200, nobody.conversation.listCategories());
assert.ok(categories.length >= 14);
const [general, domains] = ["general", "domains"].map((wanted) => categories.find(({ name }) => name === wanted));
assert.deepEqual(await expect(200, ada.conversation.getCategory({ categoryId: domains.categoryId })), domains);

const bare = await get(ada, await create({}));
assert.equal(bare.title, "Conversation");
assert.deepEqual([bare.status, bare.visibility, bare.mainUser.userId], ["open", "private", people.ada.id]);
assert.equal(bare.createdBy.clearName, "Ada Example");
assert.deepEqual(bare.category, general);
assert.equal(bare.sharedWith, undefined);
assert.equal(bare.lastMessage, undefined);

const spoken = await get(ada, await create({ messageContent: "My site is down\n\nsince this morning" }));
assert.equal(spoken.title, "My site is down");
assert.equal(spoken.lastMessageBy.userId, people.ada.id);

const given = {
  title: "Everything",
  categoryId: domains.categoryId,
  mainUserId: people.bob.id,
  messageContent: "**All** of it",
  notificationRoles: ["customer_owner", "project_external"],
  relatedTo: { domain: "app", aggregate: "appinstallation", id: "a-1234" },
  sharedWith: { domain: "project", aggregate: "project", id: project },
};
const conversationId = await create(given);
const full = await get(bob, conversationId);
for (const field of ["title", "notificationRoles", "relatedTo", "sharedWith"]) {
  assert.deepEqual(full[field], given[field], field);
}
assert.deepEqual(full.category, domains);
assert.deepEqual(full.relations, [given.sharedWith]);
assert.deepEqual([full.visibility, full.mainUser.userId], ["shared", people.bob.id]);
assert.equal(full.lastMessageAt, full.lastMessage.createdAt);
assert.deepEqual(await get(eve, conversationId), full);
assert.deepEqual(await get(ada, full.shortId), full);

const members = await expect(200, bob.conversation.getConversationMembers({ conversationId }));
const ids = members.map(({ userId }) => userId);
assert.ok(ids.includes(people.ada.id) && ids.includes(people.bob.id));
assert.ok(members.every(({ active }) => active));

const changed = {
  title: "Something else",
  categoryId: general.categoryId,
  relatedTo: { domain: "customer", aggregate: "customer", id: customer },
};
assert.deepEqual(await expect(200, ada.conversation.updateConversation({ conversationId, data: changed })), { conversationId });
const updated = await get(ada, conversationId);
assert.deepEqual([updated.title, updated.category, updated.relatedTo], [changed.title, general, changed.relatedTo]);
await expect(200, ada.conversation.updateConversation({ conversationId, data: { title: "Again" } }));
const again = await get(ada, conversationId);
assert.deepEqual([again.title, again.category, again.relatedTo], ["Again", general, changed.relatedTo]);

for (const status of ["closed", "answered", "open", "closed"]) {
  const answer = ada.conversation.setConversationStatus({ conversationId, data: { status } });
  assert.deepEqual(await expect(200, answer), { conversationId });
  assert.equal((await get(bob, conversationId)).status, status);
}

for (const [domain, aggregate, id] of [["user", "user", people.bob.id], ["customer", "customer", customer]]) {
  const sharedWith = { domain, aggregate, id };
  assert.deepEqual((await get(ada, await create({ sharedWith }))).sharedWith, sharedWith);
}

const preferences = ada.conversation.getConversationPreferencesOfCustomer({ customerId: customer });
assert.equal((await expect(200, preferences)).customerId, customer);
