/** Where everything is and how to get in; written as JSON to dev.json and shown as text. */
export interface Access {
  app: string;
  api: string;
  stream: string;
  image: string;
  /** host:port without a scheme: what SDKs take as `beaconCollectionDomain`. */
  collector: string;
  socket: string;
  /** host:port of the TLS front, which leads `stream.` and `image.` before it to delivery: what players take as custom domain. */
  tls: string;
  environmentKey: string;
  environmentId: string;
  tokenId: string;
  tokenSecret: string;
  email: string;
  password: string;
}

/**
 * The two lines of HTML for a page with a video. mux-embed has no automatic mode: its script defines `mux`, the second
 * line, placed after the video, names the element. Both were tried in Chromium.
 */
export function htmlLines({ collector, environmentKey }: Pick<Access, "collector" | "environmentKey">): string[] {
  return [
    `<script src="https://cdn.jsdelivr.net/npm/mux-embed@5"></script>`,
    `<script>mux.monitor("video", { beaconCollectionDomain: "${collector}", data: { env_key: "${environmentKey}" } })</script>`,
  ];
}

/** What makes a video of a film on the web; its own URL for a direct upload is asked for the same way, at `/video/v1/uploads`. */
export function assetLine({ api, tokenId, tokenSecret }: Pick<Access, "api" | "tokenId" | "tokenSecret">): string {
  const body = `{"inputs":[{"url":"https://…/film.mp4"}],"playback_policies":["public"]}`;
  return `curl ${api}/video/v1/assets -u ${tokenId}:${tokenSecret} -H "content-type: application/json" -d '${body}'`;
}

/** A player that finds its streams and pictures behind the TLS front, and sends its beacons to the collector. */
export function playerLine({ tls, collector, environmentKey }: Access): string {
  const hosts = `custom-domain="${tls}" beacon-collection-domain="${collector}"`;
  return `<mux-player playback-id="…" ${hosts} env-key="${environmentKey}"></mux-player>`;
}

/** The block that ends a start. `bold` and `dim` mark text on a terminal. */
export function welcome(access: Access, style: Record<"bold" | "dim", (text: string) => string>): string {
  const row = (name: string, value: string) => `  ${style.dim(name.padEnd(16))}${value}`;
  return [
    row("Dashboard", style.bold(access.app)),
    row("Sign in", `${access.email}  ${access.password}`),
    "",
    row("API", access.api),
    row("Access token", `${access.tokenId}:${access.tokenSecret}`),
    row("Environment key", access.environmentKey),
    "",
    `  ${style.dim("See your viewers: two lines after the <video> of a page")}`,
    ...htmlLines(access).map((line) => `  ${line}`),
    "",
    `  ${style.dim(`Upload a video: ${access.app}/environments/${access.environmentId}/videos, or by URL`)}`,
    `  ${assetLine(access)}`,
    `  ${style.dim(`Play it: ${access.stream}/PLAYBACK_ID.m3u8, or with a player over https`)}`,
    `  ${playerLine(access)}`,
    `  ${style.dim(`(the certificate is our own: open https://stream.${access.tls}/ once and accept it)`)}`,
  ].join("\n");
}
