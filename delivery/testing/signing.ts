import { createSign } from "node:crypto";
import type { Restriction } from "../../domain/playback/restriction.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { makeSigningKey, type SigningKeyPair } from "../../platform/tokens/make-signing-key.ts";
import { ENVIRONMENT, longId } from "./publish.ts";

/** A customer's key, as the API leaves it. */
export interface TestKey extends SigningKeyPair {
  id: string;
  /** A token of these claims, with `kid` among them unless a header names another key or algorithm. */
  sign(claims: object, header?: object): string;
}

let pair: Promise<SigningKeyPair> | null = null;
let made = 0;

/** @param own a pair of its own; otherwise all share one, since making one takes a moment */
export async function createTestKey(postgres: Postgres, environment = ENVIRONMENT, own = false): Promise<TestKey> {
  made += 1;
  pair ??= makeSigningKey();
  const keys = own ? await makeSigningKey() : await pair;
  const id = longId(`${made}key`);
  await postgres
    .insertInto("signing_keys")
    .values({ environment_id: environment, id, public_key: keys.publicKey, created_at: new Date(), deleted_at: null })
    .execute();
  return {
    ...keys,
    id,
    sign: (claims, header = { alg: "RS256", typ: "JWT" }) => signToken(keys.privateKey, { kid: id, ...claims }, header),
  };
}

export function signToken(privateKey: string, claims: object, header: object): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
}

export async function createRestriction(
  postgres: Postgres,
  rules: Partial<Restriction>,
  environment = ENVIRONMENT,
): Promise<string> {
  made += 1;
  const id = longId(`${made}restriction`);
  const at = new Date();
  await postgres
    .insertInto("playback_restrictions")
    .values({
      environment_id: environment,
      id,
      allowed_domains: [...(rules.allowedDomains ?? ["*"])],
      allow_no_referrer: rules.allowNoReferrer ?? false,
      allow_no_user_agent: rules.allowNoUserAgent ?? true,
      allow_high_risk_user_agent: rules.allowHighRiskUserAgent ?? true,
      ...{ created_at: at, updated_at: at, deleted_at: null },
    })
    .execute();
  return id;
}
