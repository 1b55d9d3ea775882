import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CERTIFICATE_FILE, type CertificateNames, KEY_FILE, keepCertificate } from "./certificate.ts";

const NAMES: CertificateNames = {
  hosts: ["localhost", "stream.localhost", "image.localhost"],
  addresses: ["127.0.0.1", "::1"],
};
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 15);

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "playhead-")), "tls");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("keepCertificate", () => {
  it("names every host by itself, and no other", async () => {
    const certificate = new X509Certificate((await keepCertificate(directory, NAMES, NOW_MS)).cert);
    for (const host of NAMES.hosts) expect(certificate.checkHost(host)).toBe(host);
    for (const address of NAMES.addresses) expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.checkHost("beacon.localhost")).toBeUndefined();
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  it("is valid for less than browsers' 398 days", async () => {
    const certificate = new X509Certificate((await keepCertificate(directory, NAMES, NOW_MS)).cert);
    expect(certificate.validFromDate.getTime()).toBeLessThan(NOW_MS);
    const lengthMs = certificate.validToDate.getTime() - certificate.validFromDate.getTime();
    expect(lengthMs / DAY_MS).toBe(397);
  });

  it("leaves folder and files to their owner", async () => {
    await keepCertificate(directory, NAMES, NOW_MS);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await readdir(directory)).sort()).toEqual([CERTIFICATE_FILE, KEY_FILE]);
    for (const name of [CERTIFICATE_FILE, KEY_FILE]) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    }
  });

  it("gives the same one again until 30 days before its end", async () => {
    const first = await keepCertificate(directory, NAMES, NOW_MS);
    expect(await keepCertificate(directory, NAMES, NOW_MS + 366 * DAY_MS)).toEqual(first);
    const second = await keepCertificate(directory, NAMES, NOW_MS + 367 * DAY_MS);
    expect(second.cert).not.toBe(first.cert);
    expect(await keepCertificate(directory, NAMES, NOW_MS + 367 * DAY_MS)).toEqual(second);
  });

  it("makes a new one when a name is missing", async () => {
    const first = await keepCertificate(directory, NAMES, NOW_MS);
    const more: CertificateNames = { ...NAMES, hosts: [...NAMES.hosts, "beacon.localhost"] };
    const second = await keepCertificate(directory, more, NOW_MS);
    expect(second.cert).not.toBe(first.cert);
    expect(new X509Certificate(second.cert).checkHost("beacon.localhost")).toBe("beacon.localhost");
  });

  it.each([
    ["a broken certificate", CERTIFICATE_FILE, "nonsense"],
    ["a broken key", KEY_FILE, "nonsense"],
  ])("makes a new one in place of %s", async (_, name, text) => {
    const first = await keepCertificate(directory, NAMES, NOW_MS);
    await writeFile(join(directory, name), text);
    const second = await keepCertificate(directory, NAMES, NOW_MS);
    expect(second.cert).not.toBe(first.cert);
  });

  it("makes a new one in place of a certificate with another one's key", async () => {
    const first = await keepCertificate(directory, NAMES, NOW_MS);
    await rm(join(directory, KEY_FILE));
    await keepCertificate(directory, NAMES, NOW_MS);
    await writeFile(join(directory, CERTIFICATE_FILE), first.cert);
    const third = await keepCertificate(directory, NAMES, NOW_MS);
    expect(third.cert).not.toBe(first.cert);
  });
});
