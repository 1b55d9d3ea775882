import { readNumbers } from "../../transcoder/testing/barcode-film.ts";
import type { PlayedRendition } from "./played-rendition.ts";
import { misplaced, smallPictures, tellable } from "./small-pictures.ts";
import type { ExpectedReady } from "./source.ts";
import type { SourcePictures } from "./source-pictures.ts";

/** What was found of one rendition's pictures. */
export interface PicturesJudged {
  complaints: string[];
  pictures: number;
  /** Furthest from the source's time, ms. */
  worstMs: number;
  /** Of how many a neighbour's place would have been seen. */
  told: number;
}

/** Containers write times of microseconds at best, Matroska milliseconds. */
const MAX_TIME_ERROR_MS = 0.6;
/** Longest step between two pictures of one span that were played. */
const MAX_STEP_SECONDS = 3;

/** Holds the pictures of a whole rendition against the source's: each is there once, in its place, at its time. */
export async function judgePictures(
  kind: ExpectedReady["pictures"],
  source: SourcePictures,
  played: PlayedRendition,
): Promise<PicturesJudged> {
  if (kind === "resampled") return judgeResampled(source, played);
  const complaints: string[] = [];
  const { times } = played;
  if (times.length !== source.times.length)
    complaints.push(`${played.name} has ${times.length} pictures, the source ${source.times.length}`);
  const errors = times.map((time, n) => 1_000 * Math.abs(time - (source.times[n] ?? Number.NaN)));
  const worstMs = Math.max(0, ...errors.filter(Number.isFinite));
  if (worstMs > MAX_TIME_ERROR_MS)
    complaints.push(`${played.name}: picture ${errors.indexOf(worstMs)} is ${worstMs.toFixed(2)} ms from its time`);
  const shown =
    kind === "numbered" ? await numbersShown(source, played) : await placesShown(source.small ?? [], played);
  return { complaints: [...complaints, ...shown.complaints], pictures: times.length, worstMs, told: shown.told };
}

type Shown = Pick<PicturesJudged, "complaints" | "told">;

async function numbersShown({ numbers }: SourcePictures, { name, file }: PlayedRendition): Promise<Shown> {
  const shown = await readNumbers(file);
  const length = Math.max(shown.length, numbers.length);
  const wrong = Array.from({ length }, (_, n) => n).filter((n) => shown[n] !== numbers[n]);
  const [first] = wrong;
  if (first === undefined) return { complaints: [], told: shown.length };
  const what = `${name}: ${wrong.length} of ${length} pictures are not the source's, first at ${first}: `;
  return { complaints: [`${what}number ${shown[first]} in place of ${numbers[first]}`], told: shown.length };
}

async function placesShown(source: readonly Uint8Array[], { name, file }: PlayedRendition): Promise<Shown> {
  const shown = await smallPictures(["-i", file]);
  return compareShown(name, shown, source);
}

function compareShown(name: string, shown: readonly Uint8Array[], source: readonly Uint8Array[]): Shown {
  const complaints: string[] = [];
  if (shown.length !== source.length)
    complaints.push(`${name}: ${shown.length} pictures are decoded, of the source ${source.length}`);
  const wrong = misplaced(shown, source);
  if (wrong.length > 0)
    complaints.push(`${name}: ${wrong.length} pictures show another of the source's, first at ${wrong[0]}`);
  return { complaints, told: tellable(shown, source) };
}

/** At another rate: at each time a number that the source shows within half a picture's time of it, in order, to the end. */
async function judgeResampled(source: SourcePictures, played: PlayedRendition): Promise<PicturesJudged> {
  const shown = await readNumbers(played.file);
  const { times, name } = played;
  const complaints: string[] = [];
  if (shown.length !== times.length)
    complaints.push(`${name}: ${shown.length} of ${times.length} pictures are decoded`);
  const step = (times.at(-1) ?? 0) / Math.max(1, times.length - 1);
  const numberAt = (seconds: number): number => {
    const behind = source.times.findIndex((time) => time > seconds + MAX_TIME_ERROR_MS / 1_000);
    return source.numbers[behind === -1 ? source.numbers.length - 1 : Math.max(0, behind - 1)] ?? 0;
  };
  const wrong = shown.findIndex((number, n) => {
    const time = times[n] ?? 0;
    return number < numberAt(time - step / 2) || number > numberAt(time + step / 2);
  });
  if (wrong !== -1) complaints.push(`${name}: at ${times[wrong]?.toFixed(3)} s number ${shown[wrong]} is shown`);
  const missing = (source.times.at(-1) ?? 0) - (times.at(-1) ?? 0) - step;
  if (missing > 0) complaints.push(`${name} ends ${missing.toFixed(3)} s before the source's last picture`);
  return { complaints, pictures: times.length, worstMs: 0, told: shown.length };
}

/** Of a long film the spans that were played, each by what it shows and when. */
export async function judgeSpans(
  file: string,
  source: SourcePictures,
  played: PlayedRendition,
): Promise<PicturesJudged> {
  const shown = await smallPictures(["-i", played.file]);
  const complaints: string[] = [];
  let [told, worstMs] = [0, 0];
  for (const { from, to } of spansOf(played.times)) {
    const start = played.times[from] ?? 0;
    const first = source.times.findIndex((time) => time > start - MAX_TIME_ERROR_MS / 1_000);
    const errors = played.times.slice(from, to).map((time, n) => Math.abs(time - (source.times[first + n] ?? 1e9)));
    worstMs = Math.max(worstMs, 1_000 * Math.max(...errors));
    const seek = ["-ss", (source.firstSeconds + start - 0.002).toFixed(6)];
    const compared = compareShown(
      `${played.name} from ${start.toFixed(1)} s on`,
      shown.slice(from, to),
      await smallPictures([...seek, "-i", file], to - from),
    );
    complaints.push(...compared.complaints);
    told += compared.told;
  }
  if (worstMs > MAX_TIME_ERROR_MS)
    complaints.push(`${played.name}: a picture is ${worstMs.toFixed(2)} ms from its time`);
  return { complaints, pictures: played.times.length, worstMs, told };
}

/** Places [from, to) of pictures that follow one another. */
function spansOf(times: readonly number[]): { from: number; to: number }[] {
  const begins = times.flatMap((time, n) => (n === 0 || time - (times[n - 1] ?? 0) > MAX_STEP_SECONDS ? [n] : []));
  return begins.map((from, n) => ({ from, to: begins[n + 1] ?? times.length }));
}
