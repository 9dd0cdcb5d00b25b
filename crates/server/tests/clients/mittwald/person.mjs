// Who I am, and how I sign in.

import { MittwaldAPIV2Client } from "@mittwald/api-client";
import assert from "node:assert/strict";
import { clientOf, desk, expect, here, nobody } from "./desk.mjs";

const ada = clientOf("ada");
const { people, project, customer } = desk;

const self = await expect(200, ada.user.getUser({ userId: "self" }));
assert.equal(self.userId, people.ada.id);
assert.deepEqual(self.person, { firstName: "Ada", lastName: "Example" });
assert.equal(self.email, people.ada.email);
assert.equal(self.customerMemberships[customer].role, "owner");
assert.equal(self.projectMemberships[project].role, "owner");
assert.deepEqual(await expect(200, ada.user.getUser({ userId: people.ada.id })), self);
assert.deepEqual(await expect(200, ada.user.getOwnEmail()), { email: people.ada.email });

const session = await expect(200, ada.user.getCurrentSessionStatus());
assert.deepEqual([session.userId, session.isEmployee, session.isImpersonated], [people.ada.id, false, false]);
assert.equal((await expect(200, clientOf("eve").user.getCurrentSessionStatus())).isEmployee, true);

const { email, password } = people.ada;
const signed = await expect(200, nobody.user.authenticate({ data: { email, password } }));
assert.ok(Date.parse(signed.expires) > Date.now() && signed.refreshToken);
const mine = here(MittwaldAPIV2Client.newWithToken(signed.token));
assert.equal((await expect(200, mine.user.getUser({ userId: "self" }))).userId, people.ada.id);
await expect(401, nobody.user.authenticate({ data: { email, password: "wrong" } }));
await expect(401, nobody.user.authenticate({ data: { email: "nobody@example.com", password } }));

const tokens = () => expect(200, ada.user.listApiTokens());
const before = (await tokens()).length;
const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
const { token } = await expect(
  201,
  ada.user.createApiToken({ data: { description: "reader", roles: ["api_read"], expiresAt } }),
);
const reader = here(MittwaldAPIV2Client.newWithToken(token));
await expect(200, reader.conversation.listConversations());
await expect(403, reader.conversation.createConversation({ data: {} }));
const listed = await tokens();
assert.equal(listed.length, before + 1);
const known = listed.find(({ description }) => description === "reader");
assert.deepEqual([known.roles, Date.parse(known.expiresAt)], [["api_read"], Date.parse(expiresAt)]);
assert.equal((await expect(200, ada.user.listApiTokens({ queryParameters: { limit: 1 } }))).length, 1);
await expect(204, ada.user.deleteApiToken({ apiTokenId: known.apiTokenId }));
await expect(401, reader.conversation.listConversations());
await expect(404, ada.user.deleteApiToken({ apiTokenId: known.apiTokenId }));

const { refId, rules } = await expect(200, ada.user.requestAvatarUpload({ userId: "self" }));
assert.ok(rules.mimeTypes.includes("image/png"));
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
const data = new FormData();
data.append("file", new Blob([Buffer.from(png, "base64")], { type: "image/png" }), "ada.png");
await expect(201, ada.file.createFile({ data, headers: { Token: refId } }));
const { avatarRef } = await expect(200, ada.user.getUser({ userId: "self" }));
const picture = await nobody.file.getFile({ fileId: avatarRef });
await expect(200, picture);
assert.equal(picture.headers.get("content-type"), "image/png");
const { conversationId } = await expect(201, ada.conversation.createConversation({ data: {} }));
const { mainUser } = await expect(200, ada.conversation.getConversation({ conversationId }));
assert.equal(mainUser.avatarRefId, avatarRef);
