import type { RejectionReason } from "../../domain/messages/rejection-reasons.ts";
import type { EdgeEnvironment } from "./environments.ts";

/** Events of one request that are not taken, for one reason and of one environment. */
export interface Rejection {
  reason: RejectionReason;
  /** Whose they are meant to be; null where they name nobody. */
  environment: EdgeEnvironment | null;
  /** The key that the first of them claims, as it was sent; "" when none. */
  envKey: string;
  count: number;
  /** The first of them; undefined where the request was not taken as a whole. */
  first: unknown;
}

/** By environment and reason. */
export type Rejections = Map<string, Rejection>;

/** Whose an event is meant to be. */
export interface Claim {
  environment: EdgeEnvironment | null;
  envKey: string;
}

export function reject(rejected: Rejections, reason: RejectionReason, claim: Claim, first: unknown): void {
  const key = `${claim.environment?.environmentId ?? 0} ${reason}`;
  const known = rejected.get(key);
  if (known !== undefined) known.count += 1;
  else rejected.set(key, { reason, ...claim, count: 1, first });
}

type EnvironmentOf = (envKey: string) => EdgeEnvironment | null;

/** Longest claim that is kept, in UTF-16 code units; keys have up to 64. */
const MAX_CLAIM_LENGTH = 128;

/**
 * Who is meant by a key that may be misspelled. Capitals and blanks around it are the mistakes that people make, and the
 * spelled-right key is one's alone, so what is shown to its environment was meant for it.
 */
export function claimOf(envKey: string, environmentOf: EnvironmentOf): Claim {
  const cut = envKey.slice(0, MAX_CLAIM_LENGTH);
  return { envKey: cut, environment: environmentOf(cut) ?? environmentOf(cut.trim().toLowerCase()) };
}

const CLAIM = /"(?:ake|env_key)"\s*:\s*"([^"\\]{1,128})"/g;
/** Of a longer body no more than its beginning is kept, nor looked at. */
const LOOKED_AT_LENGTH = 65_536;

/**
 * Who is meant by a body that is not taken as a whole: whose keys its text holds, else whose the host is. Nobody where they are
 * of two environments, since neither may see the other's.
 */
export function claimOfText(text: string, ofHost: EdgeEnvironment | null, environmentOf: EnvironmentOf): Claim {
  let found: Claim = { environment: ofHost, envKey: "" };
  for (const [, envKey = ""] of text.slice(0, LOOKED_AT_LENGTH).matchAll(CLAIM)) {
    const claim = claimOf(envKey, environmentOf);
    if (claim.environment === null) {
      if (found.envKey === "" && found.environment === null) found = claim;
    } else if (found.environment === null || found.envKey === "") found = claim;
    else if (found.environment.environmentId !== claim.environment.environmentId)
      return { environment: null, envKey: "" };
  }
  return found;
}
