import { type Address, formatAddress, parseAddress } from "./address.ts";

/** A range of addresses: all whose first `prefixBits` bits are those of `base`. */
export interface Cidr {
  base: Address;
  prefixBits: number;
}

const MAPPED_BITS = 96;

/** Reads `10.0.0.0/8`, `::1/128`, or one address; null for anything else. Ranges in `::ffff:0:0/96` become IPv4. */
export function parseCidr(text: string): Cidr | null {
  const [address = "", bits, ...rest] = text.trim().split("/");
  const base = parseAddress(address);
  if (base === null || rest.length > 0) return null;
  const width = base.length * 8;
  if (bits === undefined) return { base, prefixBits: width };
  if (!/^\d{1,3}$/.test(bits)) return null;
  const isMapped = width === 32 && address.includes(":");
  const prefixBits = Number(bits) - (isMapped ? MAPPED_BITS : 0);
  return prefixBits >= 0 && prefixBits <= width ? { base, prefixBits } : null;
}

export function isInCidr(address: Address, { base, prefixBits }: Cidr): boolean {
  if (address.length !== base.length) return false;
  return base.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixBits - index * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return ((address[index] ?? 0) & mask) === (byte & mask);
  });
}

/**
 * Whose request this is: the peer, or, when the peer is a trusted proxy, the right-most hop of `X-Forwarded-For` that is not
 * trusted. What stands left of it was written by the client and may be a lie. A hop that is no address ends the walk.
 *
 * @param peer the other end of the connection, as the socket tells it
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, trusted: readonly Cidr[]): string {
  let client = parseAddress(peer);
  if (client === null) return peer;
  const hops = forwardedFor === undefined ? [] : forwardedFor.split(",");
  while (hops.length > 0 && isTrusted(client, trusted)) {
    const hop = parseAddress(hops.pop() ?? "");
    if (hop === null) break;
    client = hop;
  }
  return formatAddress(client);
}

/** Bits that are kept of a viewer's address after enrichment: enough for a network, too few for a household. */
const KEPT_BITS_IPV4 = 24;
const KEPT_BITS_IPV6 = 48;

/** The address with its host part zeroed, to /24 or /48; null for what is no address. */
export function truncateAddress(address: string): string | null {
  const bytes = parseAddress(address);
  if (bytes === null) return null;
  const kept = (bytes.length === 4 ? KEPT_BITS_IPV4 : KEPT_BITS_IPV6) / 8;
  return formatAddress(bytes.map((byte, index) => (index < kept ? byte : 0)));
}

function isTrusted(address: Address, trusted: readonly Cidr[]): boolean {
  return trusted.some((cidr) => isInCidr(address, cidr));
}
