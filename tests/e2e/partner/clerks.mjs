// Clerks who hold, book, move and cancel without end while services are killed around them, and who
// write down in a journal of their own what they asked and what they were told:
//
//   node clerks.mjs --suite FILE --journal FILE --seed N --clerks N < WORK
//
// WORK is one line of JSON: the slots to book, the patient, and in `agendas` what is booked where others decide
// (agendas.mjs), if anything; when standard input ends, the clerks finish what they have begun. An outcome that is
// not known is asked again with the same request_id until it is.
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Agendas } from "./agendas.mjs";
import { Asker, chance, PAUSE_MS, pause } from "./asking.mjs";
import { Suite } from "./suite.mjs";

const KEPT_MAX = 2;  // Live appointments of each clerk: the next one cancels the oldest.
const REPEATS = 6;

const { values: options } = parseArgs({ options: {
  suite: { type: "string" }, journal: { type: "string" }, seed: { type: "string", default: "1" },
  clerks: { type: "string", default: "8" } } });

const suite = new Suite(options.suite);
const parent = `regions/${suite.region}`;
const need = { entry_point: "ENTRY_POINT_IDEL", motif_code: "M03.05",
  age: { value: 38, unit: "UNIT_YEAR" }, territory: suite.territory };
const unsevere = { ...need, severity_sign: "SIGN_ANSWER_NO" };
const asker = new Asker(suite, options.journal, (answer) => ({
  slot: answer.slot?.name ?? answer.slot, seat: answer.seat ?? 0, state: answer.state,
  etag: answer.etag, number: answer.external_appointment_id, version: answer.version,
  refused: answer.refusal_reason }));
const ask = (...question) => asker.ask(...question);

const aSlot = (random) => slots[Math.floor(slots.length * random() ** 2)];  // Some are wanted more.
const gist = ({ name, slot, seat, etag }) => [name, slot, seat ?? 0, etag].join(" ");

/** Books, or moves, and remembers the answer for the end. */
async function change(act, attempt, method, body, as, asked) {
  const path = `BookingService/${method}`;
  const { answer, request } = await ask(act, attempt, path, body, as);
  if (answer.ok) asked.push({ path, body: { ...body, request_id: request }, as, attempt, first: gist(answer) });
  return answer;
}

async function book(attempt, random, asked, slot = aSlot(random)) {
  // A person of his own each time, so that holds whose end nobody hears of block nobody.
  const as = { sub: `idel-${attempt}`, role: "professional", profession: "60", entry_point: "idel" };
  const held = await ask("hold", attempt, "SlotService/HoldSlot", { name: slot, need: unsevere }, as);
  if (!held.answer.ok) {
    await pause(PAUSE_MS * random());
    return null;
  }
  const draft = { ...need, regulation_case: patient.split("/patients/")[0], patient, slot,
    clinical_line: "toux depuis deux jours",
    severity_form: { signs: [{ code: "detresse", answer: "SIGN_ANSWER_NO" }] } };
  // Refused by a rule when the seat is prepared already: it has to be given back.
  if (random() < 0.04) draft.access_reason = "ACCESS_REASON_PAS_DE_RDV_48H";
  const answer = await change("book", attempt, "CreateAppointment",
    { parent, appointment: draft, hold_token: held.answer.hold_token }, as, asked);
  return answer.ok ? { name: answer.name, slot, etag: answer.etag, start_time: answer.start_time, attempt, as }
    : null;
}

/** To another slot. Sometimes two screens do it at once, each with a seat of its own: one may win. */
async function move(each, random, asked) {
  const { name, attempt, as, etag } = each;
  const there = Array.from({ length: random() < 0.2 ? 2 : 1 }, () => aSlot(random))
    .filter((slot) => slot !== each.slot);
  const held = await Promise.all(there.map((slot) => ask("hold", attempt, "SlotService/HoldSlot",
    { name: slot, need: { ...need, moving_slot: each.slot } }, as)));
  await Promise.all(held.map(async ({ answer: hold }) => {
    if (!hold.ok) return;
    const answer = await change("move", attempt, "RescheduleAppointment", { name, etag,
      slot: hold.slot.name, hold_token: hold.hold_token, reason_code: "PATIENT" }, as, asked);
    if (answer.ok) Object.assign(each, { slot: answer.slot, etag: answer.etag });
  }));
}

async function clerk(number) {
  const random = chance(Number(options.seed) * 1000 + number);
  const kept = [];
  const asked = [];
  for (let count = 1; !asker.over; ++count) {
    const booked = await book(`${number}-${count}`, random, asked);
    if (!booked) continue;
    kept.push(booked);
    if (random() < 0.6) await move(kept[Math.floor(kept.length * random())], random, asked);
    while (kept.length > KEPT_MAX) {
      const oldest = kept.shift();
      await ask("cancel", oldest.attempt, "BookingService/CancelAppointment",
        { name: oldest.name, etag: oldest.etag, reason_code: "PATIENT" }, oldest.as);
    }
  }
  // The first answers again, whatever has died since and become of them (invariant I7).
  for (const { path, body, as, attempt, first } of asked.slice(-REPEATS)) {
    const again = await suite.call(path, body, { as });
    asker.write({ at: Date.now(), act: "repeat", attempt, ok: again.ok, code: again.code,
      reason: again.reason, told: gist(again), first });
  }
}

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { slots, patient, agendas } = JSON.parse((await input.next()).value);
input.next().then(() => asker.end());
const others = agendas ? new Agendas(suite, asker,
  (attempt, random, slot) => book(attempt, random, [], slot), agendas) : null;
const chanceOf = (number) => chance(Number(options.seed) * 1000 + 500 + number);
await Promise.all([...Array.from({ length: Number(options.clerks) }, (_, number) => clerk(number)),
  ...(others?.work(chanceOf) ?? [])]);
suite.close();
process.exit(0);
