import { z } from "zod";
import { type AllowList, parseAllowList } from "../../domain/network/allow-list.ts";
import { type Cidr, parseCidr } from "../../domain/network/client-address.ts";
import { LOOPBACK } from "../http/listen.ts";

/** Readers for the values that several programs take from the environment; each `config.ts` puts its own together. */

export const portBase = z.coerce.number().int().min(1024).max(65_000);

export const logLevel = z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info");

export const flag = z
  .enum(["0", "1", ""])
  .default("0")
  .transform((value) => value === "1");

/** `HOST`: one address to bind; unset means loopback in both families. */
export const hosts = z
  .string()
  .optional()
  .transform((value) => (value === undefined || value === "" ? [...LOOPBACK] : [value]));

/** Comma-separated list; empty parts are dropped. */
export const list = z.string().transform((value) =>
  value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

/**
 * Parses the environment once. A mistake ends the program with one line per variable, before anything is opened.
 * Only `config.ts` files call this: they are the only readers of the environment.
 */
export function parseEnvironment<T extends z.ZodType>(
  schema: T,
  environment: NodeJS.ProcessEnv,
): Readonly<z.output<T>> {
  const result = schema.safeParse(environment);
  if (result.success) return Object.freeze(result.data as object) as Readonly<z.output<T>>;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The environment is not usable:\n${lines.join("\n")}`);
}

/** `TRUSTED_PROXIES`: ranges of peers whose `X-Forwarded-For` is believed; loopback unless set. */
export const trustedProxies = z
  .string()
  .default("127.0.0.0/8,::1/128")
  .transform((value, context) => {
    const ranges: Cidr[] = [];
    for (const part of value.split(",").filter((text) => text.trim() !== "")) {
      const range = parseCidr(part);
      if (range === null) context.addIssue(`"${part.trim()}" is no range like 10.0.0.0/8`);
      else ranges.push(range);
    }
    return ranges;
  });

/** `FETCH_ALLOW`: addresses that URLs of customers may lead to although they are private; none unless set. */
export const fetchAllow = z
  .string()
  .default("")
  .transform((text, context): AllowList => {
    const { list, mistakes } = parseAllowList(text);
    for (const mistake of mistakes) context.addIssue({ code: "custom", message: mistake });
    return list;
  });
