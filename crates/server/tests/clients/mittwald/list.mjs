// The list with every parameter that it has, alone and together.

import { extractTotalCountHeader } from "@mittwald/api-client";
import assert from "node:assert/strict";
import { clientOf, eventually, expect } from "./desk.mjs";

const ada = clientOf("ada");
const list = (queryParameters) => expect(200, ada.conversation.listConversations({ queryParameters }));
const titles = async (queryParameters) => (await list(queryParameters)).map(({ title }) => title);

for (const title of ["beta", "alpha", "delta", "gamma", "epsilon"]) {
  const messageContent = `The ${title} of the certificate`;
  const { conversationId } = await expect(201, ada.conversation.createConversation({ data: { title, messageContent } }));
  if (title === "delta") {
    await expect(200, ada.conversation.setConversationStatus({ conversationId, data: { status: "closed" } }));
  }
}

assert.deepEqual(await titles(undefined), ["epsilon", "gamma", "delta", "alpha", "beta"]);
assert.deepEqual(await titles({ status: ["open"] }), ["epsilon", "gamma", "alpha", "beta"]);
assert.deepEqual(await titles({ status: ["closed"] }), ["delta"]);
assert.equal((await titles({ status: ["open", "closed"] })).length, 5);
assert.equal((await titles({ status: [] })).length, 5);

assert.deepEqual(await titles({ sort: ["title"], order: ["asc"] }), ["alpha", "beta", "delta", "epsilon", "gamma"]);
assert.deepEqual(await titles({ sort: ["createdAt"], order: ["asc"] }), ["beta", "alpha", "delta", "gamma", "epsilon"]);
assert.deepEqual(await titles({ sort: ["shortId"], order: ["desc"] }), ["epsilon", "gamma", "delta", "alpha", "beta"]);
assert.equal((await titles({ sort: ["conversationId", "title"], order: ["asc", "desc"] })).length, 5);
assert.equal((await titles({ sort: ["lastMessage.createdAt"] }))[0], "epsilon");

assert.deepEqual(await titles({ sort: ["title"], order: ["asc"], limit: 2 }), ["alpha", "beta"]);
assert.deepEqual(await titles({ sort: ["title"], order: ["asc"], limit: 2, skip: 2 }), ["delta", "epsilon"]);
assert.deepEqual(await titles({ sort: ["title"], order: ["asc"], limit: 2, page: 2 }), ["delta", "epsilon"]);
assert.deepEqual(await titles({ sort: ["title"], order: ["asc"], limit: 2, page: 3 }), ["gamma"]);
assert.deepEqual(await titles({ limit: 2, page: 9 }), []);

const answer = await ada.conversation.listConversations({ queryParameters: { limit: 2, skip: 2, status: ["open"] } });
assert.equal(extractTotalCountHeader(answer), 4);
assert.equal(answer.headers.get("x-pagination-limit"), "2");
assert.equal(answer.headers.get("x-pagination-skip"), "2");
assert.equal(answer.headers.get("x-pagination-page"), "2");
for (const name of ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]) {
  assert.match(answer.headers.get(name), /^\d+$/);
}

const found = (fullTextSearch, more) => titles({ fullTextSearch, sort: ["title"], order: ["asc"], ...more });
await eventually(() => found("certificate"), (found) => found.length === 5);
assert.deepEqual(await found("ALPHA"), ["alpha"]);
assert.deepEqual(await found('"alpha of the certificate"'), ["alpha"]);
assert.deepEqual(await found('"certificate of alpha"'), []);
assert.deepEqual(await found("certificate", { status: ["closed"] }), ["delta"]);
assert.deepEqual(await found("certificate", { limit: 1, skip: 1 }), ["beta"]);
assert.deepEqual(await found("nowhere"), []);

const [first] = await list({ limit: 1 });
assert.equal(first.lastMessage.createdBy.clearName, "Ada Example");
assert.ok(Date.parse(first.lastMessage.createdAt) > 0);
assert.equal(first.category.name, "general");
