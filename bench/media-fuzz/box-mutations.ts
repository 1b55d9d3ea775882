import type { Random } from "../../domain/simulation/random.ts";
import { allBoxes, type Box, readTree, writeTree } from "./boxes.ts";

const EXTREMES = [0, 1, 7, 8, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
const FOUR_CCS = ["moov", "mdat", "free", "trak", "stbl", "moof", "mdia", "\0\0\0\0", "uuid", "cmov", "rmra"];
/** Where a table says how many entries it has, behind version and flags. */
const COUNT_AT: Record<string, number> = { stsz: 8 };
const TABLES = ["stts", "ctts", "stsc", "stsz", "stco", "stss", "elst", "dref", "stsd", "trun", "sgpd", "sbgp"];
const EDITS = 100_000;
/** Deeper than any file; twice that is what {@link writeTree} can still write. */
const NESTED = 1_200;
const MAX_REPEATED_BYTES = 1_000_000;
/** Side of the largest picture that a file claims. */
const HUGE_PX = 16_000;

type Surgery = (random: Random, tree: Box[], canaryUrl: string) => void;

const ofTypes = (tree: Box[], ...types: string[]): Box[] => allBoxes(tree).filter(({ type }) => types.includes(type));
const some = (random: Random, boxes: Box[]): Box => random.pick(boxes);

function writeAt(box: Box, at: number, value: number): void {
  box.body = Buffer.from(box.body);
  if (at + 4 <= box.body.length) box.body.writeUInt32BE(value >>> 0, at);
}

/** Ways to take an MP4 apart and put it together wrongly. Each changes the tree in place. */
const SURGERIES: Record<string, Surgery> = {
  box_size: (random, tree) => {
    some(random, allBoxes(tree)).claimedSize = random.chance(0.5) ? random.pick(EXTREMES) : random.integer(0, 2 ** 24);
  },
  box_type: (random, tree) => {
    some(random, allBoxes(tree)).type = random.pick(FOUR_CCS);
  },
  box_removed: (random, tree) => {
    const parents = allBoxes(tree).filter(({ boxes }) => boxes.length > 0);
    const { boxes } = some(random, parents);
    boxes.splice(random.integer(0, boxes.length), 1);
  },
  box_repeated: (random, tree) => {
    const parents = allBoxes(tree).filter(({ boxes }) => boxes.length > 0);
    const { boxes } = some(random, parents);
    const copied = random.pick(boxes);
    const times = Math.min(random.pick([1, 20, 2_000]), Math.ceil(MAX_REPEATED_BYTES / writeTree([copied]).length));
    boxes.push(...Array.from({ length: times }, () => ({ ...copied })));
  },
  boxes_nested: (random, tree) => {
    const parent = some(random, ofTypes(tree, "moov", "trak", "stbl"));
    for (let depth = 0; depth < NESTED; depth += 1)
      parent.boxes = [{ type: parent.type, body: Buffer.alloc(0), boxes: parent.boxes }];
  },
  count_huge: (random, tree) => {
    const table = some(random, ofTypes(tree, ...TABLES));
    writeAt(table, COUNT_AT[table.type] ?? 4, random.pick(EXTREMES));
  },
  value_extreme: (random, tree) => {
    const box = some(
      random,
      ofTypes(tree, ...TABLES, "mvhd", "tkhd", "mdhd", "hdlr", "trex", "tfhd", "tfdt", "avcC", "esds"),
    );
    for (let turn = random.integer(1, 6); turn > 0; turn -= 1) {
      writeAt(box, 4 * random.integer(0, Math.max(1, box.body.length >> 2)), random.pick(EXTREMES));
    }
  },
  samples_without_end: (_, tree) => {
    for (const { boxes } of ofTypes(tree, "stbl")) {
      for (const box of boxes) {
        if (box.type === "stts") box.body = words(0, 1, 0xffff_ffff, 1);
        if (box.type === "stsz") box.body = words(0, 1, 0xffff_ffff);
        if (box.type === "stsc") box.body = words(0, 1, 1, 0xffff_ffff, 1);
      }
    }
  },
  sample_sizes_huge: (random, tree) => {
    const table = some(random, ofTypes(tree, "stsz", "trun"));
    for (let at = 12; at + 4 <= table.body.length; at += 4) if (random.chance(0.3)) writeAt(table, at, 0x3fff_ffff);
  },
  edits_without_end: (random, tree) => {
    const entries = Array.from({ length: EDITS }, (_, n) => [
      random.pick([0, 1, 40]),
      n % 2 === 0 ? 0xffff_ffff : n,
      0x1_0000,
    ]);
    for (const track of ofTypes(tree, "trak")) {
      const elst = { type: "elst", body: words(0, EDITS, ...entries.flat()), boxes: [] };
      track.boxes = [
        ...track.boxes.filter(({ type }) => type !== "edts"),
        { type: "edts", body: Buffer.alloc(0), boxes: [elst] },
      ];
    }
  },
  edit_far_away: (random, tree) => {
    for (const elst of ofTypes(tree, "elst"))
      elst.body = words(0, 1, random.pick(EXTREMES), random.pick(EXTREMES), 0x1_0000);
  },
  data_elsewhere: (random, tree, canaryUrl) => {
    const place = random.pick([canaryUrl, "file:///etc/passwd", "/etc/passwd", "../../../../etc/passwd"]);
    for (const dref of ofTypes(tree, "dref")) {
      const text = Buffer.from(`${place}\0`);
      dref.body = Buffer.concat([words(0, 1), words(12 + text.length), Buffer.from("url "), words(0), text]);
    }
  },
  data_alias: (_, tree) => {
    const path = Buffer.from("/etc/passwd");
    const alias = Buffer.alloc(150);
    alias.writeUInt16BE(150, 4);
    const entry = Buffer.concat([alias, Buffer.from([0, 2, 0, path.length]), path, Buffer.from([0xff, 0xff, 0, 0])]);
    for (const dref of ofTypes(tree, "dref")) {
      dref.body = Buffer.concat([words(0, 1), words(12 + entry.length), Buffer.from("alis"), words(0), entry]);
    }
  },
  picture_huge: (_, tree) => {
    for (const entry of ofTypes(tree, "stsd").flatMap(({ boxes }) => boxes)) {
      entry.body = Buffer.from(entry.body);
      if (entry.body.length >= 28) entry.body.writeUInt32BE((HUGE_PX << 16) | HUGE_PX, 24);
    }
    for (const header of ofTypes(tree, "tkhd")) {
      writeAt(header, header.body.length - 8, HUGE_PX << 16);
      writeAt(header, header.body.length - 4, HUGE_PX << 16);
    }
    for (const { body } of ofTypes(tree, "mdat")) enlargePngs(body);
  },
  clock_odd: (random, tree) => {
    for (const header of ofTypes(tree, "mvhd", "mdhd")) {
      if (random.chance(0.7)) writeAt(header, 12, random.pick([0, 1, 0xffff_ffff, 0x8000_0000]));
      if (random.chance(0.5)) writeAt(header, 16, random.pick(EXTREMES));
    }
  },
  times_far_apart: (random, tree) => {
    for (const table of ofTypes(tree, "stts", "ctts")) {
      for (let at = 12; at + 4 <= table.body.length; at += 8) {
        if (random.chance(0.5)) writeAt(table, at, random.pick([0, 0x7fff_ffff, 1_000_000_000, 90_000 * 3_600]));
      }
    }
  },
};

export const BOX_MUTATIONS = Object.keys(SURGERIES);

/** The file with one such change, or two; unchanged where it has no place for it. */
export function mutateBoxes(random: Random, bytes: Buffer, kind: string, canaryUrl: string): Buffer {
  const tree = readTree(Buffer.from(bytes));
  try {
    SURGERIES[kind]?.(random, tree, canaryUrl);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // nothing of that type to pick
  }
  return writeTree(tree);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [n, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * n);
  return bytes;
}

/** `IHDR` says how large a PNG is. */
function enlargePngs(bytes: Buffer): void {
  for (let at = bytes.indexOf("IHDR"); at >= 0 && at + 12 <= bytes.length; at = bytes.indexOf("IHDR", at + 1)) {
    bytes.writeUInt32BE(HUGE_PX, at + 4);
    bytes.writeUInt32BE(HUGE_PX, at + 8);
  }
}
