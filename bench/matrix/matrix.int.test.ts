import { expect, it } from "vitest";
import { FOUND_SOURCES } from "./found-sources.ts";
import { runMatrix } from "./matrix-run.ts";
import { NUMBERED_SOURCES } from "./numbered-sources.ts";
import type { Expected, ExpectedReady } from "./source.ts";

/** One of each way that a file goes: cut as it is, on a grid, turned, made anew, with sounds encoded, with several; and refused. */
const NAMES = [
  "HEVC of 10 bits",
  "open groups",
  "turned by 90 degrees",
  "a transport stream",
  "three languages",
  "MP3 in MP4",
  "vide: ocean.mp4",
];

const isHeard = (expected: Expected): expected is ExpectedReady => expected.status === "ready" && !expected.isSilent;

it("files that differ play as they are: every picture, as good as one encode, sound in its place", async () => {
  const sources = [...NUMBERED_SOURCES, ...FOUND_SOURCES].filter(({ name }) => NAMES.includes(name));
  expect(sources).toHaveLength(NAMES.length);
  const judged = await runMatrix({ sources });
  expect(judged.flatMap(({ name, complaints }) => complaints.map((complaint) => `${name}: ${complaint}`))).toEqual([]);
  expect(judged.map(({ status }) => status)).toEqual(sources.map(() => "ready"));
  // the ocean is slow: of its pictures less than half move enough
  for (const { name, pictures, told } of judged) expect(told, name).toBeGreaterThan(pictures / 3);
  expect(judged.filter(({ losses }) => losses.some(({ joins }) => joins > 0)).length).toBeGreaterThan(2);
  const heard = judged.map(({ offsetsMs }) => offsetsMs.length);
  expect(heard).toEqual(sources.map(({ expected }) => (isHeard(expected) ? 3 * expected.sounds : 0)));
}, 300_000);
