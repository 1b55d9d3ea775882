import { truncateAddress } from "../../domain/network/client-address.ts";

/** What requests of a client address are counted by. One IPv6 customer has a whole network to ask from, so the network counts. */
export function sourceOf(address: string): string {
  return address.includes(":") ? (truncateAddress(address) ?? address) : address;
}
