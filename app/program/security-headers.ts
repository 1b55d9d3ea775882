import type { AppConfig } from "../config.ts";

export interface SecurityContext {
  /** Fresh per answer; Next puts it on its own scripts when it finds it in the request's policy. */
  nonce: string;
  config: Pick<AppConfig, "socketOrigin" | "apiOrigin" | "streamOrigin" | "imageOrigin" | "collector" | "dev">;
}

/** What a browser may do with our pages. Styles may stand inline (layout sizes are set as attributes); scripts may not. */
export function contentSecurityPolicy({ nonce, config }: SecurityContext): string {
  const { socketOrigin, apiOrigin, streamOrigin, imageOrigin, dev } = config;
  const socket = socketOrigin.replace(/^http/, "ws");
  // uploads, playlists with segments, beacons of our own player; compiling on demand reloads over a socket of its own
  const connections = [socketOrigin, socket, apiOrigin, streamOrigin, beaconOrigin(config.collector)];
  const directives = {
    "default-src": "'self'",
    "script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    "style-src": "'self' 'unsafe-inline'",
    "img-src": `'self' data: ${imageOrigin}`,
    "media-src": `'self' blob: ${streamOrigin}`, // blob: is how script feeds a video
    "font-src": "'self'",
    "connect-src": `'self' ${[...new Set(connections)].join(" ")}${dev ? " ws:" : ""}`,
    "worker-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}

/** Where mux-embed sends beacons for a `beaconCollectionDomain`: TLS everywhere but on localhost. */
function beaconOrigin(collector: string): string {
  return `${/localhost(:\d+)?$/.test(collector) ? "http" : "https"}://${collector}`;
}

/** Headers of every answer besides the policy. */
export const FIXED_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
} as const;
