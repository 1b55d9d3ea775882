import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ffmpegMissing } from "./ffmpeg.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "playhead-programs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const plant = (...names: string[]): void => {
  for (const name of names) writeFileSync(join(folder, name), "", { mode: 0o755 });
};
const paths = () => ({ ffmpegPath: "ffmpeg", ffprobePath: "ffprobe", searchPath: `/nowhere:${folder}` });
const ADVICE = "Video needs ffmpeg 5.1 or later: sudo apt-get install --yes --no-install-recommends ffmpeg bubblewrap";

describe("ffmpegMissing", () => {
  it("installs nothing where both programs are there", async () => {
    plant("ffmpeg", "ffprobe");
    const install = () => Promise.reject(new Error("installed"));
    expect(await ffmpegMissing(paths(), install, true)).toBeNull();
  });

  it("installs where it may, and looks again", async () => {
    plant("ffmpeg");
    const commands: string[] = [];
    const install = async (command: string[]) => {
      commands.push(command.join(" "));
      plant("ffprobe");
      return 0;
    };
    expect(await ffmpegMissing(paths(), install, true)).toBeNull();
    expect(commands).toEqual([
      expect.stringContaining("apt-get install --yes --no-install-recommends ffmpeg bubblewrap"),
    ]);
  });

  it("names the one command where it may not, or could not", async () => {
    expect(await ffmpegMissing(paths(), async () => 0, false)).toBe(ADVICE);
    expect(await ffmpegMissing(paths(), async () => 100, true)).toBe(ADVICE);
    expect(await ffmpegMissing(paths(), async () => 0, true)).toBe(ADVICE);
  });

  it("installs no program that was named", async () => {
    plant("ffprobe");
    const named = { ...paths(), ffmpegPath: join(folder, "mine") };
    expect(await ffmpegMissing(named, async () => 0, true)).toBe(
      `${join(folder, "mine")} is no program: FFMPEG_PATH and FFPROBE_PATH name ffmpeg and ffprobe`,
    );
  });
});
