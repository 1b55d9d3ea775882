import { createRandom, deriveSeed, type Random } from "../../domain/simulation/random.ts";
import { BYTE_MUTATIONS } from "../fuzz/mutate-bytes.ts";
import { BOX_MUTATIONS, mutateBoxes } from "./box-mutations.ts";
import { behindFilmHead, disguises } from "./disguises.ts";
import type { Seed } from "./seeds.ts";

export interface HostileFile {
  /** What was done to what, such as `count_huge of plain.mp4`. */
  kind: string;
  bytes: Buffer;
}

const BYTE_KINDS = ["truncated", "bytes_flipped", "bytes_inserted", "piece_repeated"];
/** Shares of the kinds; the rest is spoilt byte by byte. */
const DISGUISED = 0.06;
const BOXED = 0.5;
const HEADS_SWAPPED = 0.04;
const WHOLE = 0.02;

/** The nth hostile file of a run: the same seed gives the same file. The first ones are every disguise and every kind of surgery. */
export function hostileFile(seeds: readonly Seed[], seed: number, nth: number, canaryUrl: string): HostileFile {
  const random = createRandom(deriveSeed(seed, nth));
  const fakes = Object.entries(disguises(canaryUrl));
  const isBehindHead = nth % 2 === 1;
  const systematic = fakes[nth];
  if (systematic !== undefined) return fake(systematic, isBehindHead);
  const surgery = BOX_MUTATIONS[nth - fakes.length];
  if (surgery !== undefined) return cut(random, seeds, surgery, canaryUrl);
  const share = random.unit();
  if (share < DISGUISED) return fake(random.pick(fakes), random.chance(0.5));
  if (share < DISGUISED + HEADS_SWAPPED) return swapped(random, seeds);
  if (share < DISGUISED + HEADS_SWAPPED + WHOLE) return whole(random.pick(seeds));
  if (share < DISGUISED + HEADS_SWAPPED + WHOLE + BOXED)
    return cut(random, seeds, random.pick(BOX_MUTATIONS), canaryUrl);
  return spoilt(random, random.pick(seeds));
}

function fake([name, bytes]: readonly [string, Buffer], isBehindHead: boolean): HostileFile {
  return isBehindHead ? { kind: `${name} behind ftyp`, bytes: behindFilmHead(bytes) } : { kind: name, bytes };
}

/** One film's beginning before another's rest. */
function swapped(random: Random, seeds: readonly Seed[]): HostileFile {
  const [first, second] = [random.pick(seeds), random.pick(seeds)];
  const at = random.pick([16, 64, 188, 1_024, 4_096]);
  const bytes = Buffer.concat([first.bytes.subarray(0, at), second.bytes.subarray(at)]);
  return { kind: `head_of_another: ${first.name} before ${second.name}`, bytes };
}

function whole({ name, bytes }: Seed): HostileFile {
  return { kind: `whole ${name}`, bytes };
}

function cut(random: Random, seeds: readonly Seed[], kind: string, canaryUrl: string): HostileFile {
  const { name, bytes } = random.pick(seeds.filter(({ isBoxed }) => isBoxed));
  const twice = random.chance(0.2) ? random.pick(BOX_MUTATIONS) : null;
  const once = mutateBoxes(random, bytes, kind, canaryUrl);
  if (twice === null) return { kind: `${kind} of ${name}`, bytes: once };
  return { kind: `${kind}, ${twice} of ${name}`, bytes: mutateBoxes(random, once, twice, canaryUrl) };
}

function spoilt(random: Random, { name, bytes }: Seed): HostileFile {
  const kind = random.pick(BYTE_KINDS);
  return { kind: `${kind} of ${name}`, bytes: BYTE_MUTATIONS[kind]?.(random, bytes) ?? bytes };
}
