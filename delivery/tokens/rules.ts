import { isMediaId } from "../../domain/asset/media-id.ts";
import type { Restriction } from "../../domain/playback/restriction.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { createRememberedRows, type RememberedRows, type RememberedRowsOptions } from "../remembered-rows.ts";

/** The public half of a key with which customers sign tokens. */
export interface SigningKey {
  id: string;
  /** SubjectPublicKeyInfo as PEM. */
  publicKey: string;
}

export type PlaybackRestriction = Restriction & { id: string };

/**
 * What tokens and grants name in an environment. Grants stand in every line of a playlist, so they name keys and
 * restrictions by the begin of their ids ({@link shortId}).
 */
export interface TokenRules {
  /** Null for what is none, is deleted, or is another environment's. Rejects with a `PlaybackError` (503). */
  signingKey(environment: string, id: string): Promise<SigningKey | null>;
  restriction(environment: string, id: string): Promise<PlaybackRestriction | null>;
}

/** 71 bits of a random id: within one environment nobody meets two that begin alike. */
const SHORT_LENGTH = 12;

export function shortId(id: string): string {
  return id.slice(0, SHORT_LENGTH);
}

/** A deleted key or restriction is dead within 10 s, and a changed one holds: as playback ids. */
const FOUND_MS = 5_000;
const ABSENT_MS = 1_000;

type Options = Pick<RememberedRowsOptions<unknown>, "nowMs" | "onStale">;

export function createTokenRules(postgres: Postgres, options: Options): TokenRules {
  const lifeMs = (row: unknown): number => (row === null ? ABSENT_MS : FOUND_MS);
  const common = { ...options, lifeMs };
  const keys = createRememberedRows<SigningKey>({
    ...common,
    read: (key) => readKey(postgres, partsOf(key)),
    unknown: "Whether the token's key exists cannot be told now",
  });
  const restrictions = createRememberedRows<PlaybackRestriction>({
    ...common,
    read: (key) => readRestriction(postgres, partsOf(key)),
    unknown: "Whether the token's playback restriction exists cannot be told now",
  });
  return { signingKey: named(keys), restriction: named(restrictions) };
}

/** By a whole id or the begin of one. */
function named<Row extends { id: string }>(rows: RememberedRows<Row>) {
  return async (environment: string, id: string): Promise<Row | null> => {
    if (id.length !== SHORT_LENGTH && !isMediaId(id)) return null;
    const row = await rows.find(`${environment}/${shortId(id)}`);
    return row?.id.startsWith(id) === true ? row : null;
  };
}

interface Parts {
  environment: string;
  short: string;
}

function partsOf(key: string): Parts {
  const [environment = "", short = ""] = key.split("/");
  return { environment, short };
}

async function readKey(postgres: Postgres, { environment, short }: Parts): Promise<SigningKey | null> {
  const row = await postgres
    .selectFrom("delivery_signing_keys")
    .select(["id", "public_key"])
    .where("environment_id", "=", environment)
    .where("id", "like", `${short}%`) // letters and digits: none of them stands for others
    .where("active", "=", true)
    .executeTakeFirst();
  return row === undefined ? null : { id: row.id, publicKey: row.public_key };
}

async function readRestriction(postgres: Postgres, { environment, short }: Parts): Promise<PlaybackRestriction | null> {
  const row = await postgres
    .selectFrom("delivery_playback_restrictions")
    .select(["id", "allowed_domains", "allow_no_referrer", "allow_no_user_agent", "allow_high_risk_user_agent"])
    .where("environment_id", "=", environment)
    .where("id", "like", `${short}%`)
    .where("active", "=", true)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    allowedDomains: row.allowed_domains,
    allowNoReferrer: row.allow_no_referrer,
    allowNoUserAgent: row.allow_no_user_agent,
    allowHighRiskUserAgent: row.allow_high_risk_user_agent,
  };
}
