// A file from its upload to its download, by each of the ways there are.

import assert from "node:assert/strict";
import { clientOf, expect, nobody } from "./desk.mjs";

const [ada, bob] = ["ada", "bob"].map(clientOf);
const text = "name;size\nalpha;1\nbeta;2\n";
const upload = (client, token, name, type = "text/csv", content = text) => {
  const data = new FormData();
  data.append("file", new Blob([content], { type }), name);
  return client.file.createFile({ data, headers: { Token: token } });
};
const bytes = { onBeforeRequest: (request) => Object.assign(request.requestConfig, { responseType: "arraybuffer" }) };

const { conversationId } = await expect(201, ada.conversation.createConversation({ data: { title: "Files" } }));
const request = () => ada.conversation.requestFileUpload({ conversationId });
const { uploadToken, rules } = await expect(201, request());
assert.ok(rules.mimeTypes.includes("text/csv") && rules.maxSizeInKB > 0);
const withBody = await expect(201, ada.conversation.requestFileUpload({ conversationId, data: {} }));
assert.notEqual(withBody.uploadToken, uploadToken);

const ofType = await expect(200, nobody.file.getFileUploadTypeRules({ fileUploadType: "conversation" }));
assert.ok(ofType.extensions.length > 0 && ofType.fileTypes.every(({ extensions }) => extensions.length > 0));
assert.deepEqual(await expect(200, ada.file.getFileUploadTokenRules({ fileUploadToken: uploadToken })), ofType);

const meta = await expect(201, upload(ada, uploadToken, "Größen 2026.csv"));
assert.deepEqual([meta.name, meta.mimeType, meta.type, meta.sizeInBytes], ["Größen 2026.csv", "text/csv", "text/csv", 25]);
assert.equal(meta.friendlyUrl, meta.friendlyURL);

const again = await upload(ada, uploadToken, "again.csv");
assert.ok(again.status >= 400 && again.status < 500, `${again.status}`);
assert.match(again.data.message, /token.*(already used|invalid|expired|does not exist)/i);
const wrong = await upload(ada, withBody.uploadToken, "page.html", "text/html", "<script>alert(1)</script>");
assert.ok([400, 406, 422].includes(wrong.status), `${wrong.status}`);

const said = { fileIds: [meta.id] };
const { messageId } = await expect(201, ada.conversation.createMessage({ conversationId, data: said }));
const thread = await expect(200, ada.conversation.listMessagesByConversation({ conversationId }));
assert.deepEqual(thread.find((item) => item.messageId === messageId).files, [
  { id: meta.id, name: meta.name, status: "uploaded", type: "text/csv" },
]);
await expect(404, bob.conversation.getFileAccessToken({ conversationId, fileId: meta.id }));

const fileId = meta.id;
const granted = await expect(200, ada.conversation.getFileAccessToken({ conversationId, fileId }));
assert.ok(Date.parse(granted.expiresAt) > Date.now());
const { accessToken: token } = granted;

const inHeader = await nobody.file.getFile({ fileId, headers: { Token: token } }, bytes);
assert.equal(Buffer.from(await expect(200, inHeader)).toString(), text);
assert.match(inHeader.headers.get("content-disposition"), /^attachment/);
assert.equal(inHeader.headers.get("x-content-type-options"), "nosniff");
const inQuery = await nobody.file.getFile({ fileId, queryParameters: { token } }, bytes);
assert.equal(Buffer.from(await expect(200, inQuery)).toString(), text);
const named = nobody.file.getFileWithName({ fileId, fileName: meta.name, headers: { Token: token } }, bytes);
assert.equal(Buffer.from(await expect(200, named)).toString(), text);
const short = nobody.file.getFile({ fileId: meta.shortId, headers: { Token: token } }, bytes);
assert.equal(Buffer.from(await expect(200, short)).toString(), text);
const described = nobody.file.getFileMeta({ fileId, headers: { Token: token } });
assert.deepEqual(await expect(200, described), meta);

for (const refused of [
  await nobody.file.getFile({ fileId }),
  await nobody.file.getFile({ fileId, headers: { Token: "x" } }),
  await nobody.file.getFileMeta({ fileId }),
]) {
  assert.ok([401, 403, 404].includes(refused.status), `${refused.status}`);
}
