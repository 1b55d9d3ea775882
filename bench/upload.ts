import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sourceKey } from "../domain/media/object-keys.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import { distributionOf } from "./measure/distribution.ts";
import { startVideoStack, type VideoStack } from "./stack/video-stack.ts";
import { type PutServer, startPutServer } from "./upload/put-server.ts";
import { put, putInChunks } from "./upload/send.ts";

/**
 * A file of 1 GiB in chunks of 5 MB of which one in twenty is broken off and sent again: the stored hash is the file's. Then the same
 * file in one PUT, in turn to us and to nginx, both durable when it ends: MB/s.
 *
 *     npm run bench:upload [-- --mebibytes 1024 --rounds 3]
 */
const { values } = parseArgs({
  options: { mebibytes: { type: "string", default: "1024" }, rounds: { type: "string", default: "3" } },
});
const sizeBytes = Number(values.mebibytes) * 2 ** 20;
const rounds = Number(values.rounds);

const CHUNK = { chunkBytes: 5_000_000, breakRatio: 0.05 };
const PROMISED_RATIO = 0.6;

const folder = await mkdtemp(join(tmpdir(), "playhead-upload-"));
const stack = await startVideoStack({ programs: ["server"], variables: { LOG_LEVEL: "error" }, onLine: console.log });
const nginx = await startPutServer();
try {
  console.log(`making ${values.mebibytes} MiB`);
  const file = join(folder, "film.mp4");
  const sha256 = await makeFile(file);
  const isWhole = await inChunks(file, sha256);
  const isFast = nginx === null ? notInstalled() : await besideNginx(nginx, file, sha256);
  process.exitCode = isWhole && isFast ? 0 : 1;
} finally {
  await nginx?.stop();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Random bytes; gives their hash. */
async function makeFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "w");
  for (let at = 0; at < sizeBytes; at += 2 ** 24) {
    const bytes = randomBytes(Math.min(2 ** 24, sizeBytes - at));
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.close();
  return hash.digest("hex");
}

async function inChunks(file: string, sha256: string): Promise<boolean> {
  const upload = await newUpload(stack);
  const startedMs = performance.now();
  const { sent, broken } = await putInChunks(upload.url, file, sizeBytes, CHUNK);
  const seconds = (performance.now() - startedMs) / 1_000;
  const stored = await storedHash(stack, upload.id);
  const isEqual = stored === sha256;
  console.log(
    `in chunks: ${sent} sent, ${broken} of them broken off, each sent again once; ${rate(seconds)}; hash ${isEqual ? "equal" : "DIFFERS"}`,
  );
  return isEqual && broken > 0;
}

async function besideNginx(server: PutServer, file: string, sha256: string): Promise<boolean> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  const whole = { start: 0, end: sizeBytes };
  for (let round = 1; round <= rounds; round += 1) {
    const upload = await newUpload(stack);
    ours.push(await seconds(() => put(upload.url, file, whole)));
    if ((await storedHash(stack, upload.id)) !== sha256) throw new Error("what is stored is not what was sent");
    theirs.push(
      await seconds(async () => {
        const answer = await put(`http://127.0.0.1:${server.port}/${round}`, file, whole);
        await server.sync(String(round));
        return answer;
      }),
    );
    await server.remove(String(round));
    console.log(`round ${round}: ${rate(ours.at(-1) ?? 0)}, nginx ${rate(theirs.at(-1) ?? 0)}`);
  }
  const ratio = distributionOf(theirs).p50 / distributionOf(ours).p50;
  console.log(`one PUT: ${ratio.toFixed(2)} of nginx (≥ ${PROMISED_RATIO})${ratio < PROMISED_RATIO ? "  MISSED" : ""}`);
  return ratio >= PROMISED_RATIO;
}

async function seconds(work: () => Promise<{ status: number }>): Promise<number> {
  const startedMs = performance.now();
  const { status } = await work();
  if (status < 200 || status > 299) throw new Error(`answered ${status}`);
  return (performance.now() - startedMs) / 1_000;
}

async function newUpload({ api, authorization }: VideoStack): Promise<{ id: string; url: string }> {
  const headers = { authorization, "content-type": "application/json" };
  const answer = await fetch(`${api}/video/v1/uploads`, { method: "POST", headers, body: '{"cors_origin":"*"}' });
  return ((await answer.json()) as { data: { id: string; url: string } }).data;
}

async function storedHash({ api, authorization, objectsDir }: VideoStack, uploadId: string): Promise<string | null> {
  const ask = async (path: string) =>
    ((await (await fetch(api + path, { headers: { authorization } })).json()) as { data: Record<string, string> }).data;
  const [upload, caller] = [await ask(`/video/v1/uploads/${uploadId}`), await ask("/system/v1/whoami")];
  const { asset_id: assetId = "" } = upload;
  const { environment_id: environment = "" } = caller;
  const objects = openFolderObjects(objectsDir);
  const key = sourceKey({ environment, assetId }, 1);
  const stored = await objects.head(key);
  await objects.delete(key); // room for the next
  return stored?.sha256 ?? null;
}

function rate(tookSeconds: number): string {
  return `${(sizeBytes / 1e6 / tookSeconds).toFixed(0)} MB/s`;
}

function notInstalled(): boolean {
  console.log("nginx is not installed (Debian: nginx-light or nginx-full): there is nothing to compare with");
  return false;
}
