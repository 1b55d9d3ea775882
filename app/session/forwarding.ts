/** What the browser may ask of the server through us, below `/dashboard/v1/environments/{id}/`. All else is 404. */
const FORWARDED: readonly { method: string; path: string }[] = [{ method: "POST", path: "socket-token" }];

/** The name of a header that a form or a link on another site cannot send. */
export const REQUEST_HEADER = "x-playhead-request";

/** Where a request goes on the server, or null when it is none of those listed. */
export function forwardedPath(method: string, environment: string, path: readonly string[]): string | null {
  const wanted = path.join("/");
  const isListed = FORWARDED.some((route) => route.method === method && route.path === wanted);
  if (!isListed || !/^[a-z0-9]{6}$/.test(environment)) return null;
  return `/dashboard/v1/environments/${environment}/${wanted}`;
}

/**
 * True when our own page sent the request. Browsers that state it are believed; for others the origin has to be ours, and a
 * request that changes something needs the header besides.
 */
export function isOwnPage(method: string, headers: Headers, appOrigin: string): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  const isSafe = method === "GET" || method === "HEAD";
  if (site !== null) {
    if (site !== "same-origin") return false;
  } else if (origin === null ? !isSafe : origin !== appOrigin) return false;
  return isSafe || headers.get(REQUEST_HEADER) === "1";
}
