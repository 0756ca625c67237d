// How clerks ask while services are killed around them: each act goes into a journal before it is sent,
// and one whose outcome is not known is asked again with the same request_id until it is.
import { appendFileSync } from "node:fs";
import { requestId } from "./suite.mjs";

const DEADLINE_MS = 2000;
const LAST_SECONDS = 40;  // For what is unknown at the end.
export const PAUSE_MS = 25;
// Answers that leave open what happened, or say that it may be asked again.
const OPEN_CODES = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "UNKNOWN", "INTERNAL",
  "RESOURCE_EXHAUSTED", "DATA_LOSS"]);
const OPEN_REASONS = new Set(["REQUEST_IN_FLIGHT", "LEDGER_CONFLICT", "CONCURRENT_CHANGE"]);

export const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Chance by a seed (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const isOpen = (answer) => !answer.ok && answer.reason !== "TOO_MANY_HOLDS" &&
  (OPEN_CODES.has(answer.code) || OPEN_REASONS.has(answer.reason));

export class Asker {
  /** `keep` says what of an answer stands in the journal beside its outcome. */
  constructor(suite, journal, keep) {
    Object.assign(this, { suite, journal, keep, over: 0 });
  }

  write(line) {
    appendFileSync(this.journal, `${JSON.stringify(line)}\n`);
  }

  /** From now on nothing new is begun, and what is unknown is not asked for ever. */
  end() {
    this.over = Date.now();
  }

  /** Asks until the outcome is known. */
  async ask(act, attempt, method, body, as) {
    const request = requestId();
    const first = Date.now();
    this.write({ at: first, act, attempt, request, asked: true, name: body.name });
    const open = [];
    for (let tries = 1; ; ++tries) {
      const sent = Date.now();
      const answer = await this.suite.call(method, { ...body, request_id: request },
        { as, deadline: DEADLINE_MS });
      const told = { at: Date.now(), act, attempt, request, first, sent, tries,
        open: [...new Set(open)], ok: answer.ok, code: answer.code, reason: answer.reason,
        from: body.etag, name: answer.name, ...this.keep(answer) };
      if (!isOpen(answer)) {
        this.write(told);
        return { answer, request };
      }
      open.push(answer.reason ?? answer.code);
      if (this.over && Date.now() - this.over > LAST_SECONDS * 1000) {
        this.write({ ...told, unresolved: true });
        return { answer, request };
      }
      await pause(PAUSE_MS);
    }
  }
}
