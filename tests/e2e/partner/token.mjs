// Development tokens, as common/rpc/auth.h describes them.
import { createHmac } from "node:crypto";

const LIFETIME_SECONDS = 300;

const encode = (bytes) => Buffer.from(bytes).toString("base64url");

/** `actor` is {sub, role, regions[], territories[], profession, entry_point, organization}. */
export function mintToken(key, actor, now = Date.now()) {
  const payload = JSON.stringify({ exp: Math.floor(now / 1000) + LIFETIME_SECONDS, ...actor });
  const signed = `sas1.${encode(payload)}`;
  return `Bearer ${signed}.${encode(createHmac("sha256", key).update(signed).digest())}`;
}
