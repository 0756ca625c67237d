// Clerks of a regulation room while the service is killed around them. ARMs open dossiers and
// prioritise them; regulators take the next one from the same queue, decide, complete it, give it back
// or hand it to the other chain:
//
//   node room_clerks.mjs --suite FILE --journal FILE --seed N --clerks N < START
//
// One line on standard input starts them; when it ends, the clerks finish what they have begun.
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Asker, chance, PAUSE_MS, pause } from "./asking.mjs";
import { Suite } from "./suite.mjs";

const { values: options } = parseArgs({ options: {
  suite: { type: "string" }, journal: { type: "string" }, seed: { type: "string", default: "1" },
  clerks: { type: "string", default: "8" } } });

const suite = new Suite(options.suite);
const parent = `regions/${suite.region}`;
const asker = new Asker(suite, options.journal, (answer) => ({
  version: answer.claim?.version, owner: answer.claim?.owner?.subject, etag: answer.etag ?? "",
  priority: answer.priority ?? "" }));
const asked = [];  // Some of what was acknowledged, to be asked again at the end.

/** An act that is asked until its outcome is known; `dossier` when it is not what answers. */
async function act(kind, attempt, method, body, as) {
  const path = `RegulationService/${method}`;
  const { answer, request } = await asker.ask(kind, attempt, path, body, as);
  if (answer.ok) asked.push({ path, body: { ...body, request_id: request }, as, name: answer.name });
  if (asked.length > 50) asked.shift();
  return answer;
}

const call = (number) => ({ entry_point: "ENTRY_POINT_LINE_15",
  caller_phone_number: `+336399800${String(number % 100).padStart(2, "0")}` });

async function arm(number, random) {
  const as = { sub: `arm-${number}`, role: "arm" };
  for (let count = 1; !asker.over; ++count) {
    const attempt = `${number}-${count}`;
    const opened = await act("open", attempt, "CreateRegulationCase", { parent, regulation_case: {
      territory: suite.territory, motif_code: "M03.05", origin: call(number),
      patients: [{ age: { value: 38, unit: "UNIT_YEAR" } }] } }, as);
    if (!opened.ok) continue;
    const priority = ["P0", "P1", "P2", "P2", "NR"][Math.floor(5 * random())];
    await act("prioritise", attempt, "PrioritizeRegulationCase", { name: opened.name,
      priority: `PRIORITY_${priority}`, filiere: `FILIERE_${random() < 0.5 ? "AMU" : "SNP"}` }, as);
    if (random() < 0.2) {
      await act("call_again", attempt, "AttachCall", { name: opened.name, call: call(number) }, as);
    }
    await pause(PAUSE_MS * random());
  }
}

async function regulator(number, random) {
  const amu = number % 2 === 1;
  const as = { sub: `${amu ? "mru" : "mrl"}-${number}`, role: amu ? "regulator_amu" : "regulator_mg" };
  for (let count = 1; !asker.over; ++count) {
    const attempt = `${number}-${count}`;
    const taken = await act("next", attempt, "ClaimNextRegulationCase", { parent }, as);
    if (!taken.ok) {
      await pause(4 * PAUSE_MS * random());
      continue;
    }
    const name = taken.name;
    const what = random();
    if (what < 0.1) continue;  // He goes, and has it until his claim ends.
    if (what < 0.2) {
      await act("release", attempt, "ReleaseRegulationCase", { name }, as);
      continue;
    }
    if (what < 0.3) {
      await act("transfer", attempt, "TransferRegulationCase", { name,
        filiere: taken.filiere === "FILIERE_AMU" ? "FILIERE_SNP" : "FILIERE_AMU",
        reason: "autre filière" }, as);
      continue;
    }
    const decided = await act("decide", attempt, "CreateDecision", { parent: name, decision: {
      care_level: "CARE_LEVEL_R4", decision_code: "CONSEIL",
      claim_version: taken.claim.version } }, as);
    if (!decided.ok || what < 0.5) continue;
    const now = await suite.call("RegulationService/GetRegulationCase", { name }, { as });
    if (!now.ok) continue;
    await act("complete", attempt, "CompleteRegulationCase", { name, etag: now.etag }, as);
  }
}

/** The first answers again, whatever has died since (invariant I7). */
async function again() {
  for (const { path, body, as, name } of asked) {
    const answer = await suite.call(path, body, { as });
    asker.write({ at: Date.now(), act: "repeat", ok: answer.ok, name: answer.name, code: answer.code,
      reason: answer.reason, first: name });
  }
}

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
await input.next();
input.next().then(() => asker.end());
await Promise.all(Array.from({ length: Number(options.clerks) }, (_, number) => {
  const random = chance(Number(options.seed) * 1000 + number);
  return number % 4 < 2 ? arm(number, random) : regulator(number, random);
}));
await again();
suite.close();
process.exit(0);
