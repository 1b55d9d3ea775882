import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { z } from "zod";
import { readJson, writePrivately } from "./private-file.ts";

const Secrets = z.object({
  postgresPassword: z.string().min(24),
  clickhousePassword: z.string().min(24),
  socketTokenSecret: z.string().regex(/^[0-9a-f]{64}$/),
  nextauthSecret: z.string().min(32),
  transcoderSecret: z.string().min(32),
  grantSecret: z.string().min(32),
  personPassword: z.string().min(16),
  tokenId: z.uuid(),
  tokenSecret: z.string().length(75),
  environmentKey: z.string().regex(/^[a-z0-9]{26}$/),
});

/** What is random per data folder. The person's password and the access token are shown at every start. */
export type Secrets = z.infer<typeof Secrets>;

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";

/** Without 0 O 1 l I: the password is read from a terminal and typed. */
const READABLE = "abcdefghijkmnpqrstuvwxyz23456789";

/** What older data folders do not have yet. A database's password that is missing cannot be made up for. */
const ADDED: readonly (keyof Secrets)[] = ["transcoderSecret", "grantSecret"];

/** The secrets of this data folder; made once, kept in a file that only its owner reads. */
export function secretsOf(file: string): Secrets {
  const made = makeSecrets();
  const kept = readJson(file);
  if (kept === null) return keep(file, made);
  const added = Object.fromEntries(ADDED.map((name) => [name, made[name]]));
  const secrets = Secrets.parse({ ...added, ...(kept as object) });
  return ADDED.every((name) => name in (kept as object)) ? secrets : keep(file, secrets);
}

function keep(file: string, secrets: Secrets): Secrets {
  writePrivately(file, secrets);
  return secrets;
}

function makeSecrets(): Secrets {
  return {
    postgresPassword: randomBytes(24).toString("hex"),
    clickhousePassword: randomBytes(24).toString("hex"),
    socketTokenSecret: randomBytes(32).toString("hex"),
    nextauthSecret: randomBytes(32).toString("hex"),
    transcoderSecret: randomBytes(32).toString("hex"),
    grantSecret: randomBytes(32).toString("hex"),
    personPassword: Array.from({ length: 4 }, () => letters(READABLE, 4)).join("-"), // 80 bits
    tokenId: randomUUID(),
    tokenSecret: letters(LOWER + LOWER.toUpperCase() + DIGITS, 75),
    environmentKey: letters(LOWER + DIGITS, 26),
  };
}

function letters(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}
