// A short message service centre. It does what a line on standard input says, and writes what happens to standard
// output, one JSON object on each line.

import { createInterface } from "node:readline";
import smpp from "smpp";

const { port, systemId, password, tls } = JSON.parse(process.env.SETTING);
/**
 * How submits are answered: with ids ("decimal" or "hexadecimal", behind a "prefix"), after "delayMs", with a "status", or
 * not at all.
 */
let manner = { ids: "decimal" };
let session = null;
let lastId = 1_000_000_000 + Math.floor(Math.random() * 1_000_000);

const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

function bind(pdu) {
  const known = pdu.system_id === systemId && pdu.password === password;
  this.send(pdu.response(known ? { system_id: "smsc" } : { command_status: smpp.ESME_RINVPASWD }));
  if (known) session = this;
  tell({ bound: known, version: pdu.interface_version, systemType: pdu.system_type });
}

function submit(pdu) {
  const { message, udh } = pdu.short_message;
  tell({
    submitted: message,
    from: pdu.source_addr,
    to: pdu.destination_addr,
    coding: pdu.data_coding,
    class: pdu.esm_class,
    header: udh ? Buffer.concat(udh).toString("hex") : null,
    parameters: [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum].map((value) => value ?? null),
    numbering: [pdu.source_addr_ton, pdu.source_addr_npi, pdu.dest_addr_ton, pdu.dest_addr_npi],
    wantsReceipt: pdu.registered_delivery === 1,
    id: String(lastId + 1),
  });
  if (manner.status) {
    this.send(pdu.response({ command_status: manner.status }));
    if (manner.times && --manner.times === 0) manner = { ids: "decimal" };
  } else if (manner.ids) {
    lastId += 1;
    const hexadecimal = lastId.toString(16).toUpperCase().padStart(10, "0");
    const id = manner.ids === "hexadecimal" ? hexadecimal : String(lastId);
    const answer = pdu.response({ message_id: (manner.prefix ?? "") + id });
    setTimeout(() => this.send(answer), manner.delayMs ?? 0);
  }
}

/** With a key and a certificate in `tls` everything is inside TLS. */
const server = smpp.createServer(tls ?? {}, (opened) => {
  opened.on("error", () => {});
  opened.on("close", () => {
    if (session === opened) session = null;
    tell({ closed: true });
  });
  opened.on("bind_transceiver", bind);
  opened.on("submit_sm", submit);
  opened.on("enquire_link", function (pdu) {
    this.send(pdu.response());
  });
  opened.on("unbind", function (pdu) {
    this.send(pdu.response());
    this.close();
  });
  opened.on("pdu", (pdu) => {
    if (pdu.command === "generic_nack") tell({ answered: pdu.command_status, name: "nack" });
  });
});

/** Texts are octets in hexadecimal with a coding, or words. */
const body = ({ octets, text }) => (octets === undefined ? text : Buffer.from(octets, "hex"));

const commands = {
  manner: (wanted) => {
    manner = wanted;
  },
  /** Delivers a text and tells, by its name, how it was answered. */
  deliver: ({ name, from, to, coding = 0, header, type = "deliver_sm", more = {}, ...said }) => {
    const message = header === undefined ? body(said) : { udh: Buffer.from(header, "hex"), message: body(said) };
    const fields = {
      source_addr: from,
      source_addr_ton: 1,
      destination_addr: to,
      data_coding: coding,
      esm_class: header === undefined ? 0 : 0x40,
      ...more,
    };
    const texts = type === "deliver_sm" ? { short_message: message } : { message_payload: message };
    session[type]({ ...texts, ...fields }, (answer) => tell({ answered: answer.command_status, name }));
  },
  /** Octets as they are. */
  raw: (octets) => session.socket.write(Buffer.from(octets, "hex")),
};

createInterface({ input: process.stdin }).on("line", (line) => {
  for (const [command, value] of Object.entries(JSON.parse(line))) commands[command](value);
  tell({ done: true });
});
server.listen(port, "127.0.0.1", () => tell({ listening: server.address().port }));
