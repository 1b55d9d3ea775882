/** Where everything is and how to get in; written as JSON to dev.json and shown as text. */
export interface Access {
  app: string;
  api: string;
  stream: string;
  image: string;
  /** host:port without a scheme: what SDKs take as `beaconCollectionDomain`. */
  collector: string;
  socket: string;
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
  ].join("\n");
}
