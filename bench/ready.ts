import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testMedia } from "../scripts/testing/media.ts";
import { distributionOf } from "./measure/distribution.ts";
import { makeCameraFilm, makeHour, transcodeWhole } from "./ready/films.ts";
import { uploadAndPlay } from "./ready/upload.ts";
import { ROOT } from "./stack/processes.ts";
import { startVideoStack } from "./stack/video-stack.ts";

/**
 * `npm run bench:ready`: from an upload's last byte to ready, and to the first segment of the first listed rendition, for ten
 * seconds of 1080p, a film of three minutes, and an hour; beside one plain ffmpeg run over the same file, which is what a viewer of
 * a service that transcodes first waits for.
 */
const PROMISE_MS = 3_000;
/** Most that an hour may take longer than ten seconds: medians of the rounds. */
const GROWTH_MS = 1_000;
const ROUNDS = 3;
const FILM_SECONDS = 180;

interface Film {
  name: string;
  file: string;
  /** Too long to be transcoded as a whole here. */
  isLong?: boolean;
}

const folder = await mkdtemp(join(tmpdir(), "playhead-ready-"));
const stack = await startVideoStack();
let isKept = true;
const medians: number[] = [];
try {
  console.log("making ten seconds of 1080p");
  const films: Film[] = [{ name: "10 s, 1080p", file: await makeCameraFilm(folder, 10) }];
  const media = await testMedia(ROOT);
  if (media === null) console.log("the film of 180 s cannot be fetched here: its figures are missing");
  else {
    const file = media.wannaworktogether;
    films.push({ name: "180 s film", file });
    films.push({ name: "1 h film", file: await makeHour(file, FILM_SECONDS, folder), isLong: true });
  }
  for (const film of films) isKept = (await measure(film)) && isKept;
  const growthMs = Math.max(...medians) - (medians[0] ?? 0);
  console.log(`from ten seconds to the slowest: ${seconds(growthMs)} more (< ${seconds(GROWTH_MS)})`);
  isKept = isKept && media !== null && growthMs < GROWTH_MS;
} finally {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(isKept ? "\nall promises are kept" : "\nNOT all promises are kept");
process.exitCode = isKept ? 0 : 1;

async function measure({ name, file, isLong = false }: Film): Promise<boolean> {
  const rounds: { readyMs: number; playableMs: number }[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { readyMs, playableMs } = await uploadAndPlay(stack, file);
    rounds.push({ readyMs, playableMs });
    console.log(`${name}, round ${round}: ready ${seconds(readyMs)}, first segment ${seconds(playableMs)}`);
  }
  medians.push(distributionOf(rounds.map(({ playableMs }) => playableMs)).p50);
  const worst = Math.max(...rounds.map(({ playableMs }) => playableMs));
  if (isLong) {
    console.log(`${name}: slowest ${seconds(worst)}`); // the peer would take a quarter of an hour
    return worst < PROMISE_MS;
  }
  console.log(`${name}: one ffmpeg run over the whole file, for comparison …`);
  const peerMs = await transcodeWhole(file, folder);
  const ratio = (peerMs / worst).toFixed(1);
  console.log(`${name}: slowest ${seconds(worst)}; transcoding first takes ${seconds(peerMs)}, ${ratio} times as long`);
  return worst < PROMISE_MS;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
