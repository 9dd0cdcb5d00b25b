// The desk that a script speaks to, and people with a client each.

import { MittwaldAPIV2Client } from "@mittwald/api-client";
import { appendFileSync } from "node:fs";

export const desk = JSON.parse(process.env.SETTING);

/** Makes a client speak to this desk, and writes down what it is answered. */
export function here(client) {
  client.axios.defaults.baseURL = desk.url;
  client.axios.interceptors.response.use((answer) => {
    const { pathname } = new URL(answer.config.url, desk.url);
    const type = answer.headers["content-type"] ?? "";
    const json = type.startsWith("application/json");
    const data = answer.data instanceof Uint8Array ? JSON.parse(json ? answer.data.toString() : "null") : answer.data;
    const body = json ? JSON.stringify(data) : typeof data === "string" ? data : "";
    const { status, config } = answer;
    const exchange = { method: config.method.toUpperCase(), path: pathname, status, headers: answer.headers, body };
    appendFileSync(process.env.EXCHANGES, `${JSON.stringify(exchange)}\n`);
    return answer;
  });
  return client;
}

/** Somebody's client. */
export function clientOf(name) {
  return here(MittwaldAPIV2Client.newWithToken(desk.people[name].token));
}

export const nobody = here(MittwaldAPIV2Client.newUnauthenticated());

/** What stands in the answer, if it has this status. */
export async function expect(status, answer) {
  const { status: given, data, config } = await answer;
  if (given !== status) {
    throw new Error(`${config.method} ${config.url}: ${given}, not ${status}: ${JSON.stringify(data)}`);
  }
  return data;
}

/** Asks again until the answer satisfies, because what follows a write is not awaited by it: for ten seconds. */
export async function eventually(ask, satisfies) {
  for (const end = Date.now() + 10_000; ; ) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > end) throw new Error(`never satisfied: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
