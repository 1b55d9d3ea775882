import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export const WIDTH_PX = 320;

/** Asks delivery for a thumbnail nobody asked for before; milliseconds until its last byte. Throws unless it is there. */
export async function ask(stream: string, playbackId: string, seconds: number): Promise<number> {
  const startedMs = performance.now();
  const answer = await fetch(`${stream}/${playbackId}/thumbnail.jpg?time=${seconds}&width=${WIDTH_PX}`);
  const bytes = await answer.arrayBuffer();
  if (answer.status !== 200 || bytes.byteLength === 0) throw new Error(`a thumbnail was answered ${answer.status}`);
  return performance.now() - startedMs;
}

/** The peer: ffmpeg as one would call it by hand, on the same file. Milliseconds. */
export async function byHand(file: string, seconds: number, output: string): Promise<number> {
  const startedMs = performance.now();
  const picture = ["-frames:v", "1", "-vf", `scale=${WIDTH_PX}:-1`, output];
  await run("ffmpeg", ["-v", "error", "-y", "-ss", String(seconds), "-i", file, ...picture]);
  return performance.now() - startedMs;
}

/** Another viewer's doing: one segment of the lowest rendition is made and stored. Gives its times in seconds. */
export async function storeSegment(stream: string, playbackId: string, segment: number): Promise<[number, number]> {
  const multivariant = await text(`${stream}/${playbackId}.m3u8`);
  const lowest = multivariant.split("\n").findLast((line) => /\/[0-9]+p\.m3u8(\?.*)?$/.test(line)) ?? "";
  const playlistUrl = new URL(lowest, `${stream}/`);
  const lines = (await text(playlistUrl.href)).split("\n");
  const lengths = lines.flatMap((line) => /^#EXTINF:([\d.]+)/.exec(line)?.[1] ?? []).map(Number);
  const uri = lines.filter((line) => line !== "" && !line.startsWith("#"))[segment];
  if (uri === undefined) throw new Error(`there is no segment ${segment}`);
  const answer = await fetch(new URL(uri, playlistUrl));
  if (answer.status !== 200) throw new Error(`segment ${segment} was answered ${answer.status}`);
  await answer.arrayBuffer();
  const start = lengths.slice(0, segment).reduce((sum, length) => sum + length, 0);
  return [start, start + (lengths[segment] ?? 0)];
}

async function text(url: string): Promise<string> {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`${url} was answered ${answer.status}`);
  return answer.text();
}
