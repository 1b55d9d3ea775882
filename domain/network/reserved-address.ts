import type { Address } from "./address.ts";
import { type Cidr, isInCidr, parseCidr } from "./client-address.ts";

/** Why an address is none of the public internet's. */
export type ReservedKind =
  | "unspecified"
  | "loopback"
  | "private"
  | "link_local"
  | "shared"
  | "multicast"
  | "documentation"
  | "benchmark"
  | "reserved";

/** IANA IPv4 Special-Purpose Address Registry (RFC 6890), first match counts. */
const IPV4: readonly [range: string, kind: ReservedKind][] = [
  ["0.0.0.0/8", "unspecified"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "shared"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link_local"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "reserved"],
  ["192.0.2.0/24", "documentation"],
  ["192.88.99.0/24", "reserved"],
  ["192.168.0.0/16", "private"],
  ["198.18.0.0/15", "benchmark"],
  ["198.51.100.0/24", "documentation"],
  ["203.0.113.0/24", "documentation"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"],
];

/** IANA IPv6 Special-Purpose Address Registry; what is not in 2000::/3 is reserved anyway and only named here. */
const IPV6: readonly [range: string, kind: ReservedKind][] = [
  ["::/128", "unspecified"],
  ["::1/128", "loopback"],
  ["fc00::/7", "private"],
  ["fe80::/10", "link_local"],
  ["fec0::/10", "private"],
  ["ff00::/8", "multicast"],
  ["2001:2::/48", "benchmark"],
  ["2001:db8::/32", "documentation"],
  ["3fff::/20", "documentation"],
  ["2001::/23", "reserved"],
];

const cidr = (text: string): Cidr => {
  const range = parseCidr(text);
  if (range === null) throw new Error(`${text} is no range`);
  return range;
};

const RANGES = [...IPV4, ...IPV6].map(([text, kind]) => ({ range: cidr(text), kind }));
const GLOBAL_UNICAST = cidr("2000::/3");
/** Ranges whose addresses carry an IPv4 address, and at which byte: translation (RFC 6052 §2.1) and 6to4 (RFC 3056 §2). */
const CARRIERS = [
  { range: cidr("64:ff9b::/96"), at: 12 },
  { range: cidr("2002::/16"), at: 2 },
];

/** What kind of special address this is, or null for a public one. IPv4 that IPv6 carries is judged as IPv4. */
export function reservedKind(address: Address): ReservedKind | null {
  const known = RANGES.find(({ range }) => isInCidr(address, range));
  if (known !== undefined) return known.kind;
  const carrier = CARRIERS.find(({ range }) => isInCidr(address, range));
  if (carrier !== undefined) return reservedKind(address.slice(carrier.at, carrier.at + 4));
  return address.length === 4 || isInCidr(address, GLOBAL_UNICAST) ? null : "reserved";
}
