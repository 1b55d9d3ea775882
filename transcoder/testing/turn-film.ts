import { readFile, writeFile } from "node:fs/promises";
import { type Rotation, rotationMatrix } from "../../domain/mp4/track.ts";

/**
 * Has an MP4's first track say of itself that it is to be turned so, clockwise, when it is shown: writes the matrix of its header,
 * which ffmpeg 5.1 cannot be told to (ISO/IEC 14496-12 §8.3.2).
 */
export async function turnFilm(file: string, degrees: Rotation): Promise<void> {
  const bytes = await readFile(file);
  bytes.set(rotationMatrix(degrees), bytes.indexOf("tkhd") + 4 + 40);
  await writeFile(file, bytes);
}
