// A partner platform as a program: `node partner.mjs --suite FILE COMMAND …`. Answers are JSON, one
// a line. Knows the proto files and the address list, nothing else of the suite.
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { refusal, requestId, Suite } from "./suite.mjs";

const HOLD = "SlotService/HoldSlot";
const BOOK = "BookingService/CreateAppointment";

const OPTIONS = {
  suite: { type: "string" },
  region: { type: "string" },
  role: { type: "string", default: "partner" },
  subject: { type: "string", default: "partner-1" },
  profession: { type: "string", default: "" },
  "entry-point": { type: "string", default: "" },
  body: { type: "string", default: "{}" },
  slot: { type: "string" },
  case: { type: "string" },
  patient: { type: "string" },
  clients: { type: "string", default: "50" },
  service: { type: "string", default: "booking" },
  after: { type: "string", default: "0" },
  count: { type: "string", default: "1" },
  "at-once": { type: "boolean", default: false },
};

const print = (answer) => console.log(JSON.stringify(answer));

/** What every professional of the partner says about the patient. */
function appointment(options, slot, need) {
  return {
    regulation_case: options.case, patient: options.patient, slot,
    entry_point: need.entry_point, access_reason: need.access_reason,
    orienting_professional_rpps: need.orienting_professional_rpps, motif_code: need.motif_code,
    age: need.age, territory: need.territory, clinical_line: "toux depuis deux jours",
    severity_form: { signs: [{ code: "detresse", answer: "SIGN_ANSWER_NO" }] },
  };
}

const hold = (suite, slot, need, options) =>
  suite.call(HOLD, { name: slot, need, request_id: requestId() }, options);

const book = (suite, draft, token, options) =>
  suite.call(BOOK, { parent: `regions/${suite.region}`, appointment: draft, hold_token: token,
    request_id: requestId() }, options);

const commands = {
  /** Any slots there? Body: SearchSlotsRequest without parent. */
  async search(suite, as, options) {
    print(await suite.call("SlotService/SearchSlots",
      { parent: `regions/${suite.region}`, ...JSON.parse(options.body) }, { as }));
  },

  /** Holds `--slot`. Body: the need. */
  async hold(suite, as, options) {
    print(await hold(suite, options.slot, JSON.parse(options.body), { as }));
  },

  /** Search, hold the best, confirm. Body: SearchSlotsRequest without parent. */
  async book(suite, as, options) {
    const body = JSON.parse(options.body);
    const found = await suite.ask("SlotService/SearchSlots",
      { parent: `regions/${suite.region}`, ...body }, { as });
    if (!found.matches?.length) throw new Error(`nothing to book: ${JSON.stringify(found)}`);
    const slot = found.matches[0].slot.name;
    const held = await hold(suite, slot, body.need, { as });
    if (!held.ok) return print(held);
    print(await book(suite, appointment(options, slot, body.need), held.hold_token, { as }));
  },

  /** `--clients` people on own connections run for `--slot`: hold, and confirm when held. */
  async race(suite, as, options) {
    const need = JSON.parse(options.body);
    const run = async (number) => {
      const own = { as: { ...as, sub: `${as.sub}-${number}` }, own: `${number}` };
      const held = await hold(suite, options.slot, need, own);
      if (!held.ok) return held;
      return book(suite, appointment(options, options.slot, need), held.hold_token, own);
    };
    const runners = Array.from({ length: Number(options.clients) }, (_, number) => run(number));
    (await Promise.all(runners)).forEach(print);
  },

  /** Calls from standard input, one a line as {method, body, as, pad}; answers as they come. */
  async batch(suite, as, options) {
    const one = ({ method, body = {}, as: other = {}, pad }) =>
      suite.call(method, body, { as: { ...as, ...other }, pad });
    const answers = [];
    for await (const line of createInterface({ input: process.stdin })) {
      const answer = one(JSON.parse(line));
      if (options["at-once"]) answers.push(answer);
      else print(await answer);
    }
    (await Promise.all(answers)).forEach(print);
  },

  /** `--count` events of `--service` after the cursor `--after`; tells when the stream stands. */
  async watch(suite, as, options) {
    let left = Number(options.count);
    const body = { parent: `regions/${suite.region}`, after_cursor: options.after };
    try {
      const feed = `${options.service}/EventService/WatchEvents`;
      for await (const message of suite.watch(feed, body, { as })) {
        print(message.event ?? { heartbeat: true, cursor: message.cursor });
        if (message.event && --left <= 0) break;
      }
    } catch (error) {
      print(refusal(error));
    }
  },
};

const { values: options, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
const command = commands[positionals[0]];
if (!command || !options.suite) {
  console.error(`partner.mjs --suite FILE ${Object.keys(commands).join("|")}`);
  process.exit(2);
}
const suite = new Suite(options.suite, options.region);
const as = { sub: options.subject, role: options.role, profession: options.profession,
  entry_point: options["entry-point"] };
try {
  await command(suite, as, options);
} finally {
  suite.close();
}
