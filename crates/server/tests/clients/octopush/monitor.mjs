// What uptime-kuma sends when a monitor goes down whose notification is of the type Octopush.

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import https from "node:https";
import { createRequire } from "node:module";

const setting = JSON.parse(process.env.SETTING);

// The original's name leads to the door of the test; every other name is refused.
const connect = https.Agent.prototype.createConnection;
https.Agent.prototype.createConnection = function createConnection(options, ...more) {
  assert.equal(options.host, "api.octopush.com");
  const here = { ...options, host: "127.0.0.1", port: setting.port, servername: "api.octopush.com" };
  return connect.call(this, here, ...more);
};

const require = createRequire(`${process.env.CLIENTS}/uptime-kuma/`);
const Octopush = require("./server/notification-providers/octopush.js");
const provider = new Octopush();

const notification = {
  octopushVersion: "2",
  octopushLogin: setting.login,
  octopushAPIKey: setting.key,
  octopushPhoneNumber: "+33600000003",
  octopushSMSType: "sms_premium",
  octopushSenderName: "Uptime",
};

assert.equal(await provider.send(notification, "[Shop] [🔴 Down] timeout of 48000ms exceeded"), "Sent Successfully.");
await assert.rejects(
  provider.send({ ...notification, octopushAPIKey: "plc_wrong" }, "With a wrong key"),
  /status code 401 \{"code":101,"message":/,
);
await assert.rejects(provider.send({ ...notification, octopushPhoneNumber: "call me" }, "To nobody"), /"code":117/);

appendFileSync(process.env.EXCHANGES, `${JSON.stringify({ sent: 1 })}\n`);
