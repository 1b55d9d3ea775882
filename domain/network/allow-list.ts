import { type Address, parseAddress } from "./address.ts";
import { type Cidr, isInCidr, parseCidr } from "./client-address.ts";

/** Exceptions that the operator makes from "only public addresses are fetched". */
export interface AllowList {
  ranges: readonly Cidr[];
  hosts: readonly AllowedHost[];
}

interface AllowedHost {
  /** Lower case, without brackets. */
  host: string;
  port: number;
}

export const ALLOW_NOTHING: AllowList = { ranges: [], hosts: [] };

/** Reads `FETCH_ALLOW`: a comma-separated list of `host:port` and CIDR. Returns the parts that are neither, if any. */
export function parseAllowList(text: string): { list: AllowList; mistakes: string[] } {
  const ranges: Cidr[] = [];
  const hosts: AllowedHost[] = [];
  const mistakes: string[] = [];
  const parts = text.split(",").map((part) => part.trim());
  for (const part of parts.filter((text) => text !== "")) {
    const host = parseHost(part);
    const range = host === null ? parseCidr(part) : null;
    if (host !== null) hosts.push(host);
    else if (range !== null) ranges.push(range);
    else mistakes.push(part);
  }
  return { list: { ranges, hosts }, mistakes };
}

/**
 * Whether a connection is allowed by exception.
 *
 * @param host as the URL spells it, without brackets
 * @param address where the connection would go
 */
export function isAllowed({ ranges, hosts }: AllowList, host: string, port: number, address: Address): boolean {
  if (ranges.some((range) => isInCidr(address, range))) return true;
  return hosts.some((allowed) => allowed.port === port && isSameHost(allowed.host, host));
}

function parseHost(part: string): AllowedHost | null {
  const [, bracketed, plain, digits = ""] = /^(?:\[([^\]]+)\]|([a-z0-9._-]+)):(\d{1,5})$/i.exec(part) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plain;
  if (host === undefined || port < 1 || port > 65_535) return null;
  return bracketed !== undefined && parseAddress(bracketed) === null ? null : { host: host.toLowerCase(), port };
}

function isSameHost(allowed: string, host: string): boolean {
  if (allowed === host.toLowerCase()) return true;
  const [one, other] = [parseAddress(allowed), parseAddress(host)];
  return one !== null && other !== null && one.join() === other.join();
}
