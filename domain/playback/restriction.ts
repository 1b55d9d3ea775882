import { isHighRiskAgent } from "./high-risk-agents.ts";

/** Rules for who may play with tokens that name them (reference video-api.md §6). */
export interface Restriction {
  /** `[]` denies all, `["*"]` allows all; else hosts in lower case, where a leading `*.` stands for exactly one label. */
  allowedDomains: readonly string[];
  allowNoReferrer: boolean;
  allowNoUserAgent: boolean;
  allowHighRiskUserAgent: boolean;
}

/** What a request tells of who sent it; null where it has no such header. */
export interface Visitor {
  referrer: string | null;
  /** Browsers send it where the page forbids a referrer, but not `null`, which hides it. */
  origin: string | null;
  userAgent: string | null;
}

export type RestrictionRefusal = "referrer_missing" | "referrer_denied" | "user_agent_missing" | "user_agent_denied";

/** Why the rules keep a visitor out; null where they do not. */
export function refusalOf(rules: Restriction, visitor: Visitor): RestrictionRefusal | null {
  return referrerRefusal(rules, visitor) ?? userAgentRefusal(rules, visitor);
}

function referrerRefusal(rules: Restriction, { referrer, origin }: Visitor): RestrictionRefusal | null {
  const from = textOf(referrer) ?? textOf(origin === "null" ? null : origin);
  if (from === null) return rules.allowNoReferrer ? null : "referrer_missing";
  const host = hostOf(from);
  if (host === null) return "referrer_denied"; // not even for ["*"]: what is no URL is no page's
  return rules.allowedDomains.some((domain) => covers(domain, host)) ? null : "referrer_denied";
}

function userAgentRefusal(rules: Restriction, visitor: Visitor): RestrictionRefusal | null {
  const userAgent = textOf(visitor.userAgent);
  if (userAgent === null) return rules.allowNoUserAgent ? null : "user_agent_missing";
  return rules.allowHighRiskUserAgent || !isHighRiskAgent(userAgent) ? null : "user_agent_denied";
}

function textOf(header: string | null): string | null {
  const text = header?.trim() ?? "";
  return text === "" ? null : text;
}

const URL_WITH_HOST = /^https?:\/\/(?:[^/?#@\\]*@)?(\[[0-9a-f:.]+\]|[^/?#@:\\\s]+)(?::\d{0,5})?(?:[/?#]|$)/i;

/** Of an http or https URL, without its port, in lower case. */
function hostOf(url: string): string | null {
  const host = URL_WITH_HOST.exec(url)?.[1]?.toLowerCase().replace(/\.$/, "");
  return host === undefined || host === "" ? null : host;
}

function covers(domain: string, host: string): boolean {
  if (domain === "*") return true;
  if (!domain.startsWith("*.")) return domain === host;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === domain.slice(1);
}

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^(?:\\*\\.)?(?:${LABEL}\\.)*${LABEL}$`);
/** RFC 1035 §2.3.4. */
const MAX_DOMAIN_LENGTH = 253;

/** Whether it may stand in `allowedDomains`: a host without scheme, port or path, in lower case. */
export function isDomainPattern(text: string): boolean {
  return text === "*" || (text.length <= MAX_DOMAIN_LENGTH && DOMAIN.test(text));
}
