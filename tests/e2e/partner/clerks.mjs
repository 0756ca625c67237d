// Clerks who hold, book and cancel without end while services are killed around them, and who write
// down in a journal of their own what they asked and what they were told:
//
//   node clerks.mjs --suite FILE --journal FILE --seed N --clerks N < WORK
//
// WORK is one line of JSON, the slots to book and the patient; when standard input ends, the clerks finish what they
// have begun. An outcome that is not known is asked again with the same request_id until it is.
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Asker, chance, PAUSE_MS, pause } from "./asking.mjs";
import { Suite } from "./suite.mjs";

const KEPT_MAX = 2;  // Live appointments of each clerk: the next one cancels the oldest.

const { values: options } = parseArgs({ options: {
  suite: { type: "string" }, journal: { type: "string" }, seed: { type: "string", default: "1" },
  clerks: { type: "string", default: "8" } } });

const suite = new Suite(options.suite);
const parent = `regions/${suite.region}`;
const need = { entry_point: "ENTRY_POINT_IDEL", motif_code: "M03.05",
  age: { value: 38, unit: "UNIT_YEAR" }, territory: suite.territory };
const asker = new Asker(suite, options.journal, (answer) => ({
  slot: answer.slot?.name ?? answer.slot, seat: answer.seat ?? 0, state: answer.state }));
const ask = (...question) => asker.ask(...question);

async function clerk(number) {
  const random = chance(Number(options.seed) * 1000 + number);
  const kept = [];
  const booked = [];
  for (let count = 1; !asker.over; ++count) {
    const attempt = `${number}-${count}`;
    // A person of his own each time, so that holds whose end nobody hears of block nobody.
    const as = { sub: `idel-${attempt}`, role: "professional", profession: "60", entry_point: "idel" };
    const slot = slots[Math.floor(slots.length * random() ** 2)];  // Some are wanted more.
    const held = await ask("hold", attempt, "SlotService/HoldSlot", { name: slot, need }, as);
    if (!held.answer.ok) {
      await pause(PAUSE_MS * random());
      continue;
    }
    const draft = { ...need, regulation_case: patient.split("/patients/")[0], patient, slot,
      clinical_line: "toux depuis deux jours",
      severity_form: { signs: [{ code: "detresse", answer: "SIGN_ANSWER_NO" }] } };
    // Refused by a rule when the seat is prepared already: it has to be given back.
    if (random() < 0.04) draft.access_reason = "ACCESS_REASON_PAS_DE_RDV_48H";
    const body = { parent, appointment: draft, hold_token: held.answer.hold_token };
    const { answer, request } = await ask("book", attempt, "BookingService/CreateAppointment", body, as);
    if (!answer.ok) continue;
    booked.push({ body: { ...body, request_id: request }, as, name: answer.name, attempt });
    kept.push({ name: answer.name, etag: answer.etag, attempt, as });
    while (kept.length > KEPT_MAX) {
      const oldest = kept.shift();
      await ask("cancel", oldest.attempt, "BookingService/CancelAppointment",
        { name: oldest.name, etag: oldest.etag, reason_code: "PATIENT" }, oldest.as);
    }
  }
  // The first answer again, whatever has died since (invariant I7).
  for (const each of booked.slice(-3)) {
    const again = await suite.call("BookingService/CreateAppointment", each.body, { as: each.as });
    asker.write({ at: Date.now(), act: "repeat", attempt: each.attempt, ok: again.ok, name: again.name,
      code: again.code, reason: again.reason, first: each.name });
  }
}

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { slots, patient } = JSON.parse((await input.next()).value);
input.next().then(() => asker.end());
await Promise.all(Array.from({ length: Number(options.clerks) }, (_, number) => clerk(number)));
suite.close();
process.exit(0);
