import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import type { Readable } from "node:stream";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { connectionError, FetchFailedError, FetchRefusedError } from "./fetch-errors.ts";
import { type Resolve, resolveHost } from "./resolve-host.ts";
import { checkTarget, type Target } from "./target.ts";
import { wholeBody } from "./whole-body.ts";

export interface OpenUrlOptions {
  /** Exceptions from "public addresses only": the operator's, never a tenant's. */
  allow: AllowList;
  signal?: AbortSignal;
  /** Sent to the URL's own origin only, not to where it redirects. */
  headers?: Readonly<Record<string, string>>;
  /**
   * Asks for the bytes from here on, unless the file is another than the validator names (RFC 9110 §13.1.5): then, and from a
   * host that knows no ranges, the whole comes, as 200. Sent to where it redirects as well.
   */
  resume?: { start: number; validator: string };
  /** Sent by POST; an answer that redirects is then a good or bad status like any other, and not followed. */
  post?: string;
  /** 5 unless set. */
  maxRedirects?: number;
  /** Name, connection and TLS together; 10 s unless set. */
  connectTimeoutMs?: number;
  /** Longest wait for the first or the next byte of the answer; 30 s unless set. */
  idleTimeoutMs?: number;
  /** Statuses that are no failure: 200 to 299 unless set. */
  isGoodStatus?: (status: number) => boolean;
  /** Certificates to trust beside the system's (tests). */
  ca?: string;
  /** The system's name resolution unless set. */
  resolve?: Resolve;
}

export interface OpenedUrl {
  status: number;
  headers: IncomingHttpHeaders;
  /** Fails with {@link FetchFailedError} instead of ending early. Must be read or destroyed. */
  body: Readable;
  finalUrl: string;
}

const MAX_REDIRECTS = 5;
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const HEADERS = { "user-agent": "Playhead/1.0", accept: "*/*", "accept-encoding": "identity" };
const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/**
 * Opens a URL that a stranger has named. Every name is resolved once and the connection goes to an address that was
 * checked, so a second answer of the name server changes nothing; every redirect is checked like the first URL. Rejects with
 * {@link FetchRefusedError} or {@link FetchFailedError}, whose messages are for the customer.
 */
export async function openUrl(url: string, options: OpenUrlOptions): Promise<OpenedUrl> {
  const { signal, maxRedirects = MAX_REDIRECTS, isGoodStatus = isSuccess } = options;
  let next = url;
  let origin: string | null = null;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    signal?.throwIfAborted();
    const { target, response } = await ask(next, origin, options);
    origin ??= target.url.origin;
    const status = response.statusCode ?? 0;
    const isFollowed = options.post === undefined && REDIRECTS.includes(status);
    const location = isFollowed ? response.headers.location : undefined;
    if (location === undefined) {
      if (isGoodStatus(status)) {
        const body = wholeBody(response, options.idleTimeoutMs ?? IDLE_TIMEOUT_MS, signal);
        return { status, headers: response.headers, body, finalUrl: target.url.href };
      }
      response.destroy();
      throw new FetchFailedError("status", { status });
    }
    response.destroy();
    next = URL.parse(location, target.url.href)?.href ?? location;
  }
  throw new FetchRefusedError("redirects");
}

/** One request, from the name to the answer's head. */
async function ask(
  url: string,
  origin: string | null,
  options: OpenUrlOptions,
): Promise<{ target: Target; response: IncomingMessage }> {
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const deadline = new AbortController();
  const fail = (): void => deadline.abort(new FetchFailedError("timeout"));
  let timer = setTimeout(fail, connectTimeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline.signal]) : deadline.signal;
  try {
    const { allow, resolve = resolveHost } = options;
    const target = await unlessAborted(checkTarget(url, { allow, resolve, signal }), signal);
    const isOwn = origin === null || origin === target.url.origin;
    const response = await send(target, isOwn ? options : { ...options, headers: {} }, signal, () => {
      clearTimeout(timer);
      timer = setTimeout(fail, options.idleTimeoutMs ?? IDLE_TIMEOUT_MS);
    });
    return { target, response };
  } finally {
    clearTimeout(timer);
  }
}

function send(
  { url, addresses }: Target,
  { headers, ca, resume, post }: OpenUrlOptions,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<IncomingMessage> {
  const lookup: LookupFunction = (_hostname, { all }, answer) => {
    if (all === true) answer(null, [...addresses]);
    else answer(null, addresses[0]?.address ?? "", addresses[0]?.family);
  };
  const isTls = url.protocol === "https:";
  const options = {
    lookup,
    agent: false,
    method: post === undefined ? "GET" : "POST",
    headers: {
      ...HEADERS,
      ...(resume !== undefined && { range: `bytes=${resume.start}-`, "if-range": resume.validator }),
      ...headers,
    },
    ...(isTls && ca !== undefined && { ca }),
  };
  return new Promise((resolve, reject) => {
    const request = (isTls ? requestHttps : requestHttp)(url, options);
    const stop = (): void => void request.destroy(signal.reason);
    signal.addEventListener("abort", stop);
    request.once("socket", (socket) => socket.once(isTls ? "secureConnect" : "connect", onConnected));
    request.once("response", (response) => {
      signal.removeEventListener("abort", stop);
      resolve(response);
    });
    request.on("error", (cause) => {
      signal.removeEventListener("abort", stop);
      reject(signal.aborted ? signal.reason : connectionError(cause));
    });
    request.end(post);
  });
}

/** Name resolution cannot always be called off; its answer is dropped then. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
    work.catch(() => undefined);
  }
}
