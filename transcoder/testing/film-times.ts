import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { parseMovie } from "../../domain/mp4/movie.ts";
import { readFragments } from "../../domain/mp4/read-fragments.ts";

const run = promisify(execFile);
const MAX_BYTES = 64 * 1024 ** 2;

/** A packet of sound with when it is heard. */
export interface TimedPacket {
  hash: string;
  seconds: number;
}

/** Presentation times of the decoded pictures, from the first one. */
export async function pictureTimes(input: string): Promise<number[]> {
  const show = ["-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "csv=p=0"];
  const { stdout } = await run("ffprobe", ["-v", "error", ...show, input], { maxBuffer: MAX_BYTES });
  const times = stdout.split("\n").filter(Boolean).map(Number.parseFloat);
  return times.map((time) => time - (times[0] ?? 0));
}

/** When each packet of a joined rendition is heard by ISO/IEC 14496-12: its time less what the init segment's edit list hides. */
export function heardPackets(joined: Buffer): TimedPacket[] {
  const { init, samples } = readFragments(joined);
  const moov = joined.subarray(joined.indexOf("moov") - 4);
  const [track] = parseMovie(moov.subarray(0, moov.readUInt32BE(0))).tracks;
  const hidden = track?.edits[0]?.mediaTime ?? 0;
  return samples.map(({ presentationTime, start, size }) => ({
    seconds: (presentationTime - hidden) / init.timescale,
    hash: createHash("md5")
      .update(joined.subarray(start, start + size))
      .digest("hex"),
  }));
}

/** A stream's packets as ffprobe tells them. */
export async function packetsOf(input: string, stream: string): Promise<TimedPacket[]> {
  const show = ["-select_streams", stream, "-show_data_hash", "md5", "-show_entries", "packet=pts_time,data_hash"];
  const { stdout } = await run("ffprobe", ["-v", "error", ...show, "-of", "json", input], {
    maxBuffer: MAX_BYTES,
  });
  const { packets } = JSON.parse(stdout) as { packets: { pts_time: string; data_hash: string }[] };
  return packets.map(({ pts_time, data_hash }) => ({
    seconds: Number(pts_time),
    hash: data_hash.replace(/^MD5:/, ""),
  }));
}
