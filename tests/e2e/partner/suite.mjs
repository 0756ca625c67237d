// The services of a running suite as a partner sees them: addresses, credentials, generated stubs.
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { create, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import * as grpc from "@grpc/grpc-js";
import { WorklistService } from "./gen/sas/booking/v1/worklist_service_pb.js";
import { BookingService } from "./gen/sas/booking/v1/booking_service_pb.js";
import { RefillService } from "./gen/sas/booking/v1/refill_service_pb.js";
import { ReportService } from "./gen/sas/booking/v1/report_service_pb.js";
import { SourceService } from "./gen/sas/booking/v1/source_service_pb.js";
import { EventService } from "./gen/sas/events/v1/event_service_pb.js";
import { Health } from "./gen/grpc/health/v1/health_pb.js";
import { KpiService } from "./gen/sas/regulation/v1/kpi_service_pb.js";
import { CoordinatorService } from "./gen/sas/regulation/v1/coordinator_service_pb.js";
import { NeighbourService } from "./gen/sas/regulation/v1/neighbour_service_pb.js";
import { ExchangeService } from "./gen/sas/regulation/v1/exchange_service_pb.js";
import { EntryService } from "./gen/sas/regulation/v1/entry_service_pb.js";
import { CaseReferenceService } from "./gen/sas/regulation/v1/case_reference_service_pb.js";
import { RegulationService } from "./gen/sas/regulation/v1/regulation_service_pb.js";
import { RosterService } from "./gen/sas/regulation/v1/roster_service_pb.js";
import { TaskService } from "./gen/sas/regulation/v1/task_service_pb.js";
import { DirectoryService } from "./gen/sas/slots/v1/directory_service_pb.js";
import { PartnerFeedService } from "./gen/sas/slots/v1/partner_feed_service_pb.js";
import { PlanningService } from "./gen/sas/slots/v1/planning_service_pb.js";
import { RotationService } from "./gen/sas/slots/v1/rotation_service_pb.js";
import { SeatService } from "./gen/sas/slots/v1/seat_service_pb.js";
import { SlotService } from "./gen/sas/slots/v1/slot_service_pb.js";
import { TemplateService } from "./gen/sas/slots/v1/template_service_pb.js";
import {
  BadRequestSchema, ErrorInfoSchema, RetryInfoSchema,
} from "./gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "./gen/google/rpc/status_pb.js";
import { mintToken } from "./token.mjs";

const DEADLINE_MS = 10_000;
const RECONNECT_MS = 100;
// What a partner keeps for itself: the names are those of the proto files.
const JSON_NAMES = { useProtoFieldName: true };

const SERVICES = {
  RegulationService: ["regulation", RegulationService],
  KpiService: ["regulation", KpiService],
  RosterService: ["regulation", RosterService],
  NeighbourService: ["regulation", NeighbourService],
  CoordinatorService: ["regulation", CoordinatorService],
  ExchangeService: ["regulation", ExchangeService],
  EntryService: ["regulation", EntryService],
  CaseReferenceService: ["regulation", CaseReferenceService],
  TaskService: ["regulation", TaskService],
  SlotService: ["slots", SlotService],
  DirectoryService: ["slots", DirectoryService],
  PartnerFeedService: ["slots", PartnerFeedService],
  PlanningService: ["slots", PlanningService],
  RotationService: ["slots", RotationService],
  SeatService: ["slots", SeatService],
  TemplateService: ["slots", TemplateService],
  BookingService: ["booking", BookingService],
  RefillService: ["booking", RefillService],
  SourceService: ["booking", SourceService],
  ReportService: ["booking", ReportService],
  WorklistService: ["booking", WorklistService],
  // Each service serves its own feed: "regulation/EventService".
  EventService: ["", EventService],
  Health: ["", Health],
};

const codeName = (code) => grpc.status[code] ?? `${code}`;

/** A refusal as data: code, message, and what google.rpc.Status tells beside them. */
export function refusal(error) {
  const told = { ok: false, code: codeName(error.code), message: error.details ?? String(error) };
  const [packed] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!packed) return told;
  for (const detail of fromBinary(StatusSchema, packed).details) {
    const info = anyUnpack(detail, { getMessage: byName }) ?? {};
    if (info.$typeName === "google.rpc.ErrorInfo") {
      Object.assign(told, { reason: info.reason, domain: info.domain, metadata: info.metadata });
    } else if (info.$typeName === "google.rpc.BadRequest") {
      told.violations = info.fieldViolations.map(({ field, description }) =>
        ({ field, description }));
    } else if (info.$typeName === "google.rpc.RetryInfo") {
      told.retry = true;
    }
  }
  return told;
}

function byName(name) {
  return [ErrorInfoSchema, BadRequestSchema, RetryInfoSchema].find((each) => each.typeName === name);
}

export class Suite {
  constructor(file, region) {
    Object.assign(this, JSON.parse(readFileSync(file, "utf8")));
    this.region = region ?? this.region;
    this.key = readFileSync(this.key_file, "utf8").trim();
    this.channels = new Map();
  }

  /** Credentials of somebody at the partner; a `token` goes out as it is, null as none. */
  metadata({ token, key = this.key, ...actor }) {
    // A service that restarts is waited for, within the deadline.
    const metadata = new grpc.Metadata({ waitForReady: true });
    const standard = { sub: "partner-1", role: "partner", regions: [this.region], territories: [] };
    if (token !== null) {
      metadata.set("authorization", token ?? mintToken(key, { ...standard, ...actor }));
    }
    return metadata;
  }

  /** One channel to each address, or one to each caller: `own` names the caller. */
  channel(address, own = "") {
    const key = `${address} ${own}`;
    if (!this.channels.has(key)) {
      this.channels.set(key, new grpc.Client(address, grpc.credentials.createInsecure(), {
        "grpc.use_local_subchannel_pool": own ? 1 : 0,
        "grpc.initial_reconnect_backoff_ms": RECONNECT_MS,
        "grpc.max_reconnect_backoff_ms": RECONNECT_MS,
      }));
    }
    return this.channels.get(key);
  }

  /** "SlotService/SearchSlots" or "booking/EventService/WatchEvents": client, path, schemas. */
  method(name, own) {
    const parts = name.split("/");
    const [service, method] = parts.slice(-2);
    const [owner, schema] = SERVICES[service];
    const found = schema.methods.find((each) => each.name === method);
    if (!found) throw new Error(`no method ${name}`);
    const client = this.channel(this[owner || parts[0]], own);
    const path = `/${schema.typeName}/${method}`;
    return { client, path, input: found.input, output: found.output };
  }

  /** A unary call with a JSON body. Resolves with the answer as JSON, or with the refusal. */
  call(name, body, { as = {}, own, pad = 0, deadline = DEADLINE_MS } = {}) {
    const { client, path, input, output } = this.method(name, own);
    const request = fromJson(input, JSON.parse(JSON.stringify(body)));  // Without undefined fields.
    const serialize = (message) => {
      const bytes = Buffer.from(toBinary(input, message));
      // A field that no message knows, of `pad` bytes: number 15000, length-delimited.
      return pad ? Buffer.concat([bytes, padding(pad)]) : bytes;
    };
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        path, serialize, (bytes) => fromBinary(output, bytes), request, this.metadata(as),
        { deadline: Date.now() + deadline },
        (error, answer) => resolve(
          error ? refusal(error) : { ok: true, ...toJson(output, answer, JSON_NAMES) }));
    });
  }

  /** Like call, but throws a refusal. */
  async ask(name, body, options) {
    const { ok, ...answer } = await this.call(name, body, options);
    if (!ok) throw new Error(`${name}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Messages of a server stream, until it ends or the loop is left. */
  async *watch(name, body, { as = {} } = {}) {
    const { client, path, input, output } = this.method(name);
    const stream = client.makeServerStreamRequest(
      path, (message) => Buffer.from(toBinary(input, message)),
      (bytes) => fromBinary(output, bytes), fromJson(input, body), this.metadata(as));
    try {
      for await (const message of stream) yield toJson(output, message, JSON_NAMES);
    } finally {
      stream.cancel();
    }
  }

  close() {
    for (const client of this.channels.values()) client.close();
  }
}

function varint(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

function padding(size) {
  return Buffer.concat([varint((15000 << 3) | 2), varint(size), Buffer.alloc(size)]);
}

export const requestId = () => randomUUID();
