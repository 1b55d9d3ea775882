import { type Address, formatAddress, parseAddress } from "../../domain/network/address.ts";
import { type AllowList, isAllowed } from "../../domain/network/allow-list.ts";
import { reservedKind } from "../../domain/network/reserved-address.ts";
import { FetchFailedError, FetchRefusedError } from "./fetch-errors.ts";
import type { Resolve } from "./resolve-host.ts";

/** A URL that may be fetched, with the addresses that were checked: the connection goes to one of these and no other. */
export interface Target {
  url: URL;
  addresses: readonly { address: string; family: 4 | 6 }[];
}

const DEFAULT_PORTS: Record<string, number> = { "http:": 80, "https:": 443 };

/**
 * Checks a URL and resolves its host once. The URL parser has already made `127.1`, `0x7f000001`, `017700000001` and
 * `2130706433` into plain addresses. Throws {@link FetchRefusedError}, or {@link FetchFailedError} when the name is unknown.
 */
export async function checkTarget(
  text: string,
  { allow, resolve, signal }: { allow: AllowList; resolve: Resolve; signal: AbortSignal },
): Promise<Target> {
  const url = URL.parse(text);
  if (url === null) throw new FetchRefusedError("url");
  const port = url.port === "" ? DEFAULT_PORTS[url.protocol] : Number(url.port);
  if (port === undefined || !(url.protocol in DEFAULT_PORTS)) throw new FetchRefusedError("scheme");
  if (url.username !== "" || url.password !== "") throw new FetchRefusedError("credentials");
  if (port < 1) throw new FetchRefusedError("port");

  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const literal = parseAddress(host);
  const addresses = literal === null ? await addressesOf(() => resolve(host, signal)) : [literal];
  const usable = addresses.filter((address) => reservedKind(address) === null || isAllowed(allow, host, port, address));
  if (usable.length === 0) throw new FetchRefusedError("private_address");
  return {
    url,
    addresses: usable.map((address) => ({ address: formatAddress(address), family: address.length === 4 ? 4 : 6 })),
  };
}

async function addressesOf(resolve: () => ReturnType<Resolve>): Promise<Address[]> {
  const texts = await resolve().catch((cause) => {
    throw new FetchFailedError("dns", { cause });
  });
  const addresses = texts.map(parseAddress).filter((address) => address !== null);
  if (addresses.length === 0) throw new FetchFailedError("dns");
  return addresses;
}
