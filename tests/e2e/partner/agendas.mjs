// Who is at work where others decide, while services are killed: clerks who book at a platform that answers
// over its stream, clerks who book on a platform's page and the platform that reports, and a planner who
// takes a booked slot back and gives it again. What services do of themselves goes into the journal when it
// is seen: from then on it may not be gone, nor be done again.
import { PAUSE_MS, pause } from "./asking.mjs";

const LOOK_MS = 50;
const LOOK_DEADLINE_MS = 2000;
const BETWEEN_WITHDRAWALS_MS = 500;
const LAST_SECONDS = 150;  // A dead worker's lease of 40 s, and platforms that are asked once a minute.
const KEPT_MAX = 1;  // Live appointments of each clerk.
const OSNP = { sub: "osnp-1", role: "osnp" };
const PLANNER = { sub: "planner-1", role: "planner" };

const siteOf = (slot) => slot.split("/slots/")[0];
const agendaOf = (slot) => slot.slice(slot.indexOf("/slots/") + 7).replace(/-[^-]*$/, "");

export class Agendas {
  /** `book(attempt, random, slot)` books as every clerk does; `platform` is who reports. */
  constructor(suite, asker, book, { streams, pages, withdrawn, platform }) {
    Object.assign(this, { suite, asker, book, streams, pages, withdrawn });
    this.platform = { ...platform, role: "partner" };
  }

  /** All of them, at work until the end. `chanceOf(number)` gives each his own. */
  work(chanceOf) {
    const each = (count, work) => Array.from({ length: count }, (_, number) => work(number));
    return [
      ...each(3, (number) => this.atStream(`s${number}`, chanceOf(number))),
      ...each(2, (number) => this.atPage(`p${number}`, chanceOf(10 + number))),
      ...this.withdrawn.map((slot, number) => this.planner(`w${number}`, chanceOf(20 + number), slot)),
    ];
  }

  get late() {
    return this.asker.over && Date.now() - this.asker.over > LAST_SECONDS * 1000;
  }

  /** Looks at the appointment until `so` holds, then writes down that it does; false when it never did. */
  async see(act, mine, so, first = Date.now()) {
    for (;; await pause(LOOK_MS)) {
      const sent = Date.now();
      const now = await this.suite.call("BookingService/GetAppointment", { name: mine.name },
        { as: OSNP, deadline: LOOK_DEADLINE_MS });
      const ok = now.ok && Boolean(so(now));
      if (!ok && !this.late) continue;
      this.asker.write({ at: Date.now(), act, attempt: mine.attempt, first, sent, tries: 1, open: [],
        ok, ...(ok ? {} : { unresolved: true }), code: now.code, reason: now.reason, from: mine.etag,
        name: mine.name, slot: mine.slot, seat: now.seat ?? 0, state: now.state, etag: now.etag });
      if (ok) mine.etag = now.etag;
      return ok;
    }
  }

  async bookOne(attempt, random, slots) {
    return this.book(attempt, random, slots[Math.floor(slots.length * random())]);
  }

  /** Asked over its stream to take the booking, and told when it is cancelled. */
  async atStream(number, random) {
    const kept = [];
    for (let count = 1; !this.asker.over; ++count) {
      const booked = await this.bookOne(`${number}-${count}`, random, this.streams);
      if (!booked) continue;
      if (!await this.see("confirm", booked, (now) => now.state === "STATE_BOOKED")) return;
      kept.push(booked);
      if (kept.length <= KEPT_MAX) continue;
      const oldest = kept.shift();
      const { answer } = await this.asker.ask("cancel", oldest.attempt, "BookingService/CancelAppointment",
        { name: oldest.name, etag: oldest.etag, reason_code: "PATIENT" }, oldest.as);
      if (!answer.ok) return;
      oldest.etag = answer.etag;
      if (!await this.see("told", oldest, (now) => !now.source?.cancel_untold)) return;
    }
  }

  /** Booked on its page: it reports, and cancels there. */
  async atPage(number, random) {
    const kept = [];
    for (let count = 1; !this.asker.over; ++count) {
      const booked = await this.bookOne(`${number}-${count}`, random, this.pages);
      if (!booked) continue;
      await this.report(booked, "STATE_BOOKED", 1);
      if (!await this.see("confirm", booked, (now) => now.state === "STATE_BOOKED")) return;
      // A platform that has not heard our answer tells again what it has.
      if (random() < 0.3) await this.report(booked, "STATE_BOOKED", 1);
      kept.push(booked);
      if (kept.length <= KEPT_MAX) continue;
      const oldest = kept.shift();
      const first = Date.now();
      await this.report(oldest, "STATE_CANCELLED", 2);
      if (!await this.see("ended", oldest, (now) => now.state === "STATE_CANCELLED", first)) return;
    }
  }

  async report({ name, slot, start_time, attempt }, state, version) {
    await this.asker.ask("report", attempt, "PartnerFeedService/ReportSourceAppointment", { report: {
      agenda: `${siteOf(slot)}/agendas/${agendaOf(slot)}`, appointment: name, state, version, start_time,
      external_appointment_id: `RDV-${name.split("/").pop()}` } }, this.platform);
  }

  /** Takes the slot of a booked patient back, and gives it again once somebody is asked to call him. */
  async planner(number, random, slot) {
    let booked = null;
    for (let count = 1; !booked; ++count) {
      if (this.asker.over) return;
      booked = await this.book(`${number}-${count}`, random, slot);
    }
    while (!this.asker.over) {
      await this.asker.ask("withdraw", booked.attempt, "PlanningService/WithdrawSlot",
        { name: slot, reason_code: "ABSENCE" }, PLANNER);
      if (!await this.see("displaced", booked, (now) => now.displacement)) return;
      await this.asker.ask("reopen", booked.attempt, "PlanningService/DeleteAgendaException",
        { name: await this.exceptionOf(booked) }, PLANNER);
      if (!await this.see("settled", booked, (now) => !now.displacement)) return;
      await pause(PAUSE_MS + BETWEEN_WITHDRAWALS_MS * random());
    }
  }

  /** The closure that the withdrawal has made. */
  async exceptionOf({ slot, start_time }) {
    for (;; await pause(LOOK_MS)) {
      const listed = await this.suite.call("PlanningService/ListAgendaExceptions",
        { parent: siteOf(slot), page_size: 500 }, { as: PLANNER, deadline: LOOK_DEADLINE_MS });
      const found = (listed.agenda_exceptions ?? []).find((each) =>
        each.agenda === agendaOf(slot) && each.start_time === start_time);
      if (found || this.late) return found?.name;
    }
  }
}
