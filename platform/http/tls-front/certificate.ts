import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import { isCode } from "../../eventlog/segment-files.ts";

/** Both as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** What a certificate has to be good for: each name by itself, since browsers take no `*.localhost`. */
export interface CertificateNames {
  hosts: readonly [string, ...string[]];
  addresses: readonly string[];
}

const DAY_MS = 86_400_000;
/** Browsers refuse server certificates that are valid for over 398 days (CA/Browser Forum ballot SC31). */
const VALID_DAYS = 397;
const RENEW_DAYS = 30;
/** A clock that goes a little behind ours must not find it in the future. */
const BACKDATED_MS = 3_600_000;

export const CERTIFICATE_FILE = "certificate.pem";
export const KEY_FILE = "key.pem";

/** The kept certificate where it is still good for all names and for 30 days more, else a new one, kept from now on. */
export async function keepCertificate(directory: string, names: CertificateNames, nowMs: number): Promise<Certificate> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const kept = await readKept(directory);
  if (kept !== null && isUsable(kept, names, nowMs)) return kept;
  const made = await makeCertificate(names, nowMs);
  await writePrivate(directory, KEY_FILE, made.key);
  await writePrivate(directory, CERTIFICATE_FILE, made.cert);
  return made;
}

async function readKept(directory: string): Promise<Certificate | null> {
  try {
    const read = (name: string): Promise<string> => readFile(join(directory, name), "utf8");
    return { cert: await read(CERTIFICATE_FILE), key: await read(KEY_FILE) };
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** False as well for files that are broken, or of two different makings after a crash between them. */
function isUsable({ cert, key }: Certificate, { hosts, addresses }: CertificateNames, nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(cert);
    const remainingMs = certificate.validToDate.getTime() - nowMs;
    return (
      remainingMs > RENEW_DAYS * DAY_MS &&
      certificate.validFromDate.getTime() <= nowMs &&
      hosts.every((host) => certificate.checkHost(host, { wildcards: false }) !== undefined) &&
      addresses.every((address) => certificate.checkIP(address) !== undefined) &&
      certificate.checkPrivateKey(createPrivateKey(key))
    );
  } catch {
    return false;
  }
}

async function makeCertificate({ hosts, addresses }: CertificateNames, nowMs: number): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: hosts[0] }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(nowMs - BACKDATED_MS),
    notAfterDate: new Date(nowMs - BACKDATED_MS + VALID_DAYS * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...hosts.map((value) => ({ type: 2, value }) as const),
          ...addresses.map((ip) => ({ type: 7, ip }) as const),
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** Whole or not at all, readable by its owner only. */
async function writePrivate(directory: string, name: string, text: string): Promise<void> {
  const draft = join(directory, `${name}.${randomBytes(6).toString("hex")}`);
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(directory, name));
}
