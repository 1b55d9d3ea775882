/** An IP address as its bytes: 4 or 16. IPv4 inside IPv6 (`::ffff:1.2.3.4`) is kept as IPv4, so that both compare equal. */
export type Address = readonly number[];

const IPV4_LENGTH = 4;
const IPV6_GROUPS = 8;
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/**
 * Reads an address as sockets and proxies write them, or null. Takes a port (`1.2.3.4:80`, `[::1]:80`), which some
 * proxies add, and drops a zone (`fe80::1%eth0`). Octal and short forms of IPv4 are refused: readers differ on them.
 */
export function parseAddress(text: string): Address | null {
  const bare = withoutPort(text.trim()).replace(/%[\w.-]+$/, "");
  return bare.includes(":") ? parseIpv6(bare) : parseIpv4(bare);
}

/** Dotted decimal, or the shortest IPv6 spelling (RFC 5952 §4). */
export function formatAddress(address: Address): string {
  return address.length === IPV4_LENGTH ? address.join(".") : formatIpv6(address);
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](:\d{1,5})?$/.exec(text);
  if (bracketed) return bracketed[1] ?? "";
  const plain = /^([^:]+):\d{1,5}$/.exec(text);
  return plain?.[1] ?? text;
}

function parseIpv4(text: string): Address | null {
  const parts = text.split(".");
  if (parts.length !== IPV4_LENGTH || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

function parseIpv6(text: string): Address | null {
  const [head = "", tail, ...rest] = text.split("::");
  if (rest.length > 0) return null;
  const left = parseGroups(head, tail === undefined);
  const right = tail === undefined ? [] : parseGroups(tail, true);
  if (left === null || right === null) return null;
  const missing = IPV6_GROUPS - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...new Array<number>(missing).fill(0), ...right];
  return unmapped(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** 16-bit groups; the last may be dotted decimal when nothing follows it. */
function parseGroups(text: string, isLast: boolean): number[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  const ipv4 = isLast && parts.at(-1)?.includes(".") ? parseIpv4(parts.pop() ?? "") : [];
  if (ipv4 === null || !parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return null;
  const [a = 0, b = 0, c = 0, d = 0] = ipv4;
  const dotted = ipv4.length > 0 ? [(a << 8) | b, (c << 8) | d] : [];
  return [...parts.map((part) => Number.parseInt(part, 16)), ...dotted];
}

function unmapped(bytes: number[]): Address {
  return MAPPED_PREFIX.every((byte, index) => bytes[index] === byte) ? bytes.slice(MAPPED_PREFIX.length) : bytes;
}

function formatIpv6(bytes: Address): string {
  const groups: number[] = [];
  for (let index = 0; index < bytes.length; index += 2) {
    groups.push(((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0));
  }
  const { start, length } = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}
