/** A box of an MP4 as it can be rearranged (ISO/IEC 14496-12 §4.2). */
export interface Box {
  type: string;
  /** Of a full box or sample table: all behind the header; of a container: what stands before its boxes. */
  body: Buffer;
  boxes: Box[];
  /** Written in place of the true size. */
  claimedSize?: number;
}

/** Containers, and how many bytes stand before the boxes in them. */
const CONTAINERS = new Map(
  ["moov", "trak", "mdia", "minf", "stbl", "edts", "dinf", "mvex", "moof", "traf", "udta"].map((type) => [type, 0]),
).set("stsd", 8);

const HEADER_BYTES = 8;

/** Cuts a file, or the inside of a container, into boxes. What is no box any more is one of type "". */
export function readTree(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.length - at < HEADER_BYTES ? 0 : bytes.readUInt32BE(at);
    if (size < HEADER_BYTES || at + size > bytes.length) {
      boxes.push({ type: "", body: bytes.subarray(at), boxes: [] });
      break;
    }
    const type = bytes.toString("latin1", at + 4, at + HEADER_BYTES);
    const body = bytes.subarray(at + HEADER_BYTES, at + size);
    const before = CONTAINERS.get(type);
    boxes.push(
      before === undefined
        ? { type, body, boxes: [] }
        : { type, body: body.subarray(0, before), boxes: readTree(body.subarray(before)) },
    );
    at += size;
  }
  return boxes;
}

export function writeTree(boxes: readonly Box[]): Buffer {
  return Buffer.concat(boxes.map(writeBox));
}

/** Every box, containers before what is in them. */
export function allBoxes(boxes: readonly Box[]): Box[] {
  return boxes.flatMap((box) => [box, ...allBoxes(box.boxes)]);
}

function writeBox(box: Box): Buffer {
  const inside = Buffer.concat([box.body, writeTree(box.boxes)]);
  if (box.type === "") return inside;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE((box.claimedSize ?? HEADER_BYTES + inside.length) >>> 0, 0);
  header.write(box.type.padEnd(4).slice(0, 4), 4, "latin1");
  return Buffer.concat([header, inside]);
}
