import { setTimeout as sleep } from "node:timers/promises";
import { distributionOf } from "../measure/distribution.ts";
import type { VideoStack } from "../stack/video-stack.ts";
import { encodeSegment } from "./peer.ts";
import { settled, watchFilm } from "./watched-film.ts";

export interface ColdFigures {
  /** From request to the last byte, milliseconds. */
  encodedMs: ReturnType<typeof distributionOf>;
  copiedMs: ReturnType<typeof distributionOf>;
  /** One ffmpeg that makes the same segment, milliseconds. */
  peerMs: ReturnType<typeof distributionOf>;
}

/**
 * The first segment of a rendition that nobody has asked for yet, of an upload each. What is encoded is so `rounds.encoded` times with
 * the peer in turn; what is copied takes so little that other programs of the machine show, and is looked at more often.
 */
export async function coldSegments(
  stack: VideoStack,
  film: string,
  heightName: string,
  rounds: { encoded: number; copied: number },
  folder: string,
): Promise<ColdFigures> {
  const [encoded, copied, peer]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds.copied; round += 1) {
    const watched = await watchFilm(stack, film);
    const [top] = watched.plan.video;
    const rendition = watched.encoded.find(({ name }) => name === heightName);
    if (top?.kind !== "copied" || rendition === undefined) throw new Error("the plan has not what is measured");
    await settled(stack);
    copied.push(await timedRead(watched.url(top.name, 0)));
    if (round >= rounds.encoded) continue;
    encoded.push(await timedRead(watched.url(rendition.name, 0)));
    await settled(stack);
    peer.push(1_000 * (await encodeSegment(film, watched.plan, rendition, 0, folder)).wallSeconds);
  }
  return { encodedMs: distributionOf(encoded), copiedMs: distributionOf(copied), peerMs: distributionOf(peer) };
}

/** Milliseconds to the last byte of an answer of 200, asking again as players do. */
async function timedRead(url: string): Promise<number> {
  const startedMs = performance.now();
  await readWhole(url);
  return performance.now() - startedMs;
}

/** Reads all of an answer of 200; what cannot be had now (503) is asked for again. Throws for any other. */
export async function readWhole(url: string): Promise<void> {
  const answer = await fetch(url);
  const bytes = await answer.arrayBuffer();
  if (answer.status === 503) {
    await sleep(1_000 * Number(answer.headers.get("retry-after") ?? 1));
    return readWhole(url);
  }
  if (answer.status !== 200 || bytes.byteLength === 0) throw new Error(`${url} was answered ${answer.status}`);
}
