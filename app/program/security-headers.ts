export interface SecurityContext {
  /** Fresh per answer; Next puts it on its own scripts when it finds it in the request's policy. */
  nonce: string;
  socketOrigin: string;
  /** Compiling on demand evaluates source maps and reloads over a socket of its own. */
  dev: boolean;
}

/** What a browser may do with our pages. Styles may stand inline (layout sizes are set as attributes); scripts may not. */
export function contentSecurityPolicy({ nonce, socketOrigin, dev }: SecurityContext): string {
  const socket = socketOrigin.replace(/^http/, "ws");
  const directives = {
    "default-src": "'self'",
    "script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": `'self' ${socketOrigin} ${socket}${dev ? " ws:" : ""}`,
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
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
