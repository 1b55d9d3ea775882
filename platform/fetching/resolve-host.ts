import { lookup, Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { addressesInHosts } from "../../domain/network/hosts-file.ts";

/** All addresses of a host name; rejects when there is none, or some time after the signal. */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;

export interface ResolveOptions {
  hostsFile?: string;
  /** Instead of the system's, with their ports. */
  nameServers?: readonly string[];
  /** The system's own resolution, which knows more than the DNS: search domains, mDNS. */
  lookUp?: (hostname: string) => Promise<readonly string[]>;
}

/** Without an answer a name is asked for a second time, and given up after 7 s (tried). */
const DNS = { timeout: 2_000, tries: 2 };
/** What the DNS does not know, or when no name server runs. */
const UNKNOWN: readonly unknown[] = ["ENOTFOUND", "ENODATA", "ECONNREFUSED"];

const systemLookUp = async (hostname: string): Promise<string[]> =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * Resolves names as the system does, but so that one whose name server does not answer keeps nobody else waiting. getaddrinfo runs on
 * two threads of the process and cannot be called off, for 10 s and more: only what the hosts file and the DNS do not know is asked of it,
 * one name at a time. Names without a dot, which no stranger owns, have a turn of their own.
 */
export function createResolve(options: ResolveOptions = {}): Resolve {
  const { hostsFile = "/etc/hosts", nameServers, lookUp = systemLookUp } = options;
  const [ofLocal, ofOthers] = [inTurn(lookUp), inTurn(lookUp)];
  return async (hostname, signal) => {
    const listed = addressesInHosts(await readFile(hostsFile, "utf8").catch(() => ""), hostname);
    if (listed.length > 0) return listed;
    if (!hostname.includes(".")) return ofLocal(hostname, signal);
    try {
      return await askDns(hostname, nameServers, signal);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      return ofOthers(hostname, signal);
    }
  };
}

/** One of the process, as its threads are. */
export const resolveHost: Resolve = createResolve();

/** One after another; who has left by then is passed over. */
function inTurn(lookUp: (hostname: string) => Promise<readonly string[]>): Resolve {
  let turn: Promise<unknown> = Promise.resolve();
  return (hostname, signal) => {
    const answer = turn.then(() => {
      signal.throwIfAborted();
      return lookUp(hostname);
    });
    turn = answer.catch(() => undefined);
    return answer;
  };
}

/** Both families, IPv4 first. Needs no thread, and ends with the signal. */
async function askDns(hostname: string, nameServers: readonly string[] | undefined, signal: AbortSignal) {
  signal.throwIfAborted();
  const resolver = new Resolver(DNS);
  if (nameServers !== undefined) resolver.setServers(nameServers);
  const stop = (): void => resolver.cancel();
  signal.addEventListener("abort", stop);
  try {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const errors = answers.flatMap((answer): unknown[] => (answer.status === "rejected" ? [answer.reason] : []));
    throw errors.find((error) => !isUnknown(error)) ?? errors[0];
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof Error && "code" in error && UNKNOWN.includes(error.code);
}
