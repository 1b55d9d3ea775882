/** What the browser may ask of the server through us, below `/api/environments/{environment}/`. All else is 404. */
const FORWARDED: readonly `${string} ${string}`[] = [
  "POST socket-token",
  "GET video/v1/assets",
  "POST video/v1/assets",
  "GET video/v1/assets/{id}",
  "PATCH video/v1/assets/{id}",
  "DELETE video/v1/assets/{id}",
  "POST video/v1/assets/{id}/playback-ids",
  "GET video/v1/assets/{id}/playback-ids/{id}",
  "DELETE video/v1/assets/{id}/playback-ids/{id}",
  "GET video/v1/uploads",
  "POST video/v1/uploads",
  "GET video/v1/uploads/{id}",
  "PUT video/v1/uploads/{id}/cancel",
];

/** Assets, uploads and playback ids. Never a dot or a slash: an id must not lead anywhere else. */
const ID = /^[A-Za-z0-9]{1,255}$/;

/** The name of a header that a form or a link on another site cannot send. */
export const REQUEST_HEADER = "x-playhead-request";

/** Names the environment to the public API, whose paths have none: there an access token would. */
export const ENVIRONMENT_HEADER = "x-playhead-environment";

export interface ForwardTarget {
  /** Path on the server. */
  path: string;
  headers: Readonly<Record<string, string>>;
}

/** Where a request goes on the server, or null when it is none of those listed. */
export function forwardTarget(method: string, environment: string, path: readonly string[]): ForwardTarget | null {
  const isListed = FORWARDED.some((route) => matches(route, method, path));
  if (!isListed || !/^[a-z0-9]{6}$/.test(environment)) return null;
  const wanted = path.join("/");
  if (path[0] === "video") return { path: `/${wanted}`, headers: { [ENVIRONMENT_HEADER]: environment } };
  return { path: `/dashboard/v1/environments/${environment}/${wanted}`, headers: {} };
}

function matches(route: string, method: string, path: readonly string[]): boolean {
  const [routeMethod, template = ""] = route.split(" ");
  const parts = template.split("/");
  if (routeMethod !== method || parts.length !== path.length) return false;
  return parts.every((part, at) => (part === "{id}" ? ID.test(path[at] ?? "") : part === path[at]));
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
