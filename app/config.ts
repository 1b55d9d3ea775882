import { z } from "zod";
import { parseCidr } from "../domain/network/client-address.ts";
import { DEFAULT_PORT_BASE, internalPort, portsFrom } from "../domain/ports.ts";

const LOOPBACK = ["127.0.0.1", "::1"];
/** next-auth derives its cookie key from it. */
const MIN_SECRET_LENGTH = 32;

const flag = z
  .enum(["0", "1", ""])
  .default("0")
  .transform((value) => value === "1");

const cidrs = z
  .string()
  .default("127.0.0.0/8,::1/128")
  .transform((text, context) =>
    text
      .split(",")
      .filter((part) => part.trim() !== "")
      .flatMap((part) => {
        const cidr = parseCidr(part);
        if (cidr === null) context.addIssue({ code: "custom", message: `${part} is not a range such as 10.0.0.0/8` });
        return cidr ?? [];
      }),
  );

const Environment = z
  .object({
    /** One address to bind; unset: loopback in both families. */
    HOST: z.string().min(1).optional(),
    PLAYHEAD_PORT_BASE: z.coerce.number().int().min(1024).max(65_000).default(DEFAULT_PORT_BASE),
    /** 1: stop when standard input ends. */
    PLAYHEAD_SUPERVISED: flag,
    /** 1 (or NODE_ENV=development): compile pages as they are asked for and reload them on change. */
    PLAYHEAD_DEV: flag,
    NODE_ENV: z.string().default("production"),
    LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
    /** Origin under which people open the dashboard; next-auth reads it by itself as well. */
    NEXTAUTH_URL: z.url(),
    /** Encrypts the session cookie. */
    NEXTAUTH_SECRET: z.string().min(MIN_SECRET_LENGTH),
    /** How this process reaches the server; unset: its port on loopback, or at HOST. */
    INTERNAL_API_URL: z.url().optional(),
    /** Where browsers reach the realtime socket. */
    PUBLIC_SOCKET_URL: z.url().optional(),
    /** Where browsers and API users reach the server; uploads go there. */
    PUBLIC_API_URL: z.url().optional(),
    /** Where players get playlists and segments. */
    PUBLIC_STREAM_URL: z.url().optional(),
    /** Where pages get posters and thumbnails. */
    PUBLIC_IMAGE_URL: z.url().optional(),
    /** host:port that players send beacons to. */
    PUBLIC_COLLECTOR: z.string().min(1).optional(),
    /** Peers whose X-Forwarded-For is believed. */
    TRUSTED_PROXIES: cidrs,
  })
  .transform((env) => {
    const ports = portsFrom(env.PLAYHEAD_PORT_BASE);
    const { hostname } = new URL(env.NEXTAUTH_URL);
    const origin = (url: string | undefined, port: number) => new URL(url ?? `http://${hostname}:${port}`).origin;
    const streamOrigin = origin(env.PUBLIC_STREAM_URL, ports.delivery);
    return {
      hosts: env.HOST === undefined ? LOOPBACK : [env.HOST],
      port: ports.app,
      internalPort: internalPort(ports.app),
      supervised: env.PLAYHEAD_SUPERVISED,
      dev: env.PLAYHEAD_DEV || env.NODE_ENV === "development",
      logLevel: env.LOG_LEVEL,
      appOrigin: new URL(env.NEXTAUTH_URL).origin,
      sessionSecret: env.NEXTAUTH_SECRET,
      apiUrl: env.INTERNAL_API_URL ?? `http://${urlHost(env.HOST ?? "127.0.0.1")}:${ports.server}`,
      socketOrigin: origin(env.PUBLIC_SOCKET_URL, ports.socket),
      apiOrigin: origin(env.PUBLIC_API_URL, ports.server),
      streamOrigin,
      imageOrigin: origin(env.PUBLIC_IMAGE_URL, ports.delivery),
      playerDomain: playerDomain(streamOrigin, ports.tls),
      collector: env.PUBLIC_COLLECTOR ?? `${hostname}:${ports.collector}`,
      trustedProxies: env.TRUSTED_PROXIES,
    };
  });

export type AppConfig = Readonly<z.output<typeof Environment>>;

/**
 * Configuration of the app; the only place in it that reads the environment. Asked per request by the pages, which are a
 * bundle of their own beside `main.ts`: a build has no environment, so nothing may be read when a module is loaded.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): AppConfig {
  const result = Environment.safeParse(environment);
  if (result.success) return Object.freeze(result.data);
  const lines = result.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The environment is not usable:\n${lines.join("\n")}`);
}

/**
 * The `custom-domain` of players that are built for hosts `stream.{domain}` and `image.{domain}` over TLS: the domain below a
 * stream host of that form, else the TLS port, which routes by these names.
 */
function playerDomain(streamOrigin: string, tlsPort: number): string {
  const { protocol, host, hostname } = new URL(streamOrigin);
  const isNamed = protocol === "https:" && host.startsWith("stream.");
  return isNamed ? host.slice("stream.".length) : `${hostname}:${tlsPort}`;
}

/** A wildcard address is where one listens, not where one connects to. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
