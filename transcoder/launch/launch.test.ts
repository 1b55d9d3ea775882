import { describe, expect, it } from "vitest";
import { missingEncoders, parseEncoders, parseFormats, parseVersion } from "./capabilities.ts";
import { ownReason } from "./ffmpeg-error.ts";
import { CANDIDATES, joinLayers, launchArguments, layerNames, missingLayers, NO_SANDBOX } from "./sandbox.ts";
import { StderrTail } from "./stderr-tail.ts";

describe("parseVersion", () => {
  const text = (version: string, library: string) =>
    `ffmpeg version ${version} Copyright\nlibavcodec     ${library} / x\n`;

  it.each([
    ["5.1.9-0+deb12u1", "59. 37.100", true],
    ["4.4.2", "58.134.100", false],
    ["5.0.1", "59. 18.100", false],
    ["n7.1", "61. 19.100", true],
    ["N-112233-gabcdef", "61.  3.100", true],
  ])("of %s", (version, library, isNewEnough) => {
    expect(parseVersion(text(version, library))).toEqual({ version, isNewEnough });
  });

  it("is none of another program", () => expect(parseVersion("GNU bash, version 5.2")).toBeNull());
});

describe("capabilities", () => {
  it("reads what ffmpeg lists, of 5.1 and with the devices of 7", () => {
    const formats = parseFormats(
      " --\n D  3dostr          3DO STR\n  E mp4             MP4\n DE matroska,webm   M\n D d lavfi  virtual\n",
    );
    expect(formats["3dostr"]).toEqual({ description: "3DO STR", canDemux: true, canMux: false });
    expect(formats["mp4"]).toMatchObject({ canDemux: false, canMux: true });
    expect(formats["webm"]).toMatchObject({ canDemux: true, canMux: true });
    expect(formats["lavfi"]).toMatchObject({ canDemux: true });
  });

  it("names the encoders that are needed and missing", () => {
    const list = " V..... = Video\n ------\n V....D libx264              H.264 (codec h264)\n A..X.. opus   Opus\n";
    const encoders = parseEncoders(list);
    expect(Object.keys(encoders)).toEqual(["libx264", "opus"]);
    expect(encoders["opus"]).toMatchObject({ type: "audio", experimental: true });
    expect(missingEncoders(encoders)).toEqual(["aac", "gif", "libwebp_anim"]);
  });
});

describe("the sandbox", () => {
  it("takes the first form of each layer that works", () => {
    expect(joinLayers(CANDIDATES)).toEqual({
      memory: true,
      cpu: true,
      fileSize: true,
      network: "-n",
      death: "KILL",
      files: true,
    });
    const asAnybody = CANDIDATES.filter(({ network }) => network !== "-n");
    expect(joinLayers(asAnybody).network).toBe("-rn");
    expect(joinLayers([])).toEqual(NO_SANDBOX);
  });

  it("hands the launcher its limits, and leaves out what does not work", () => {
    const limits = { cpuSeconds: 1.5, fileBytes: 1000, niceness: 5 };
    const all = joinLayers(CANDIDATES);
    const room = ["--ro-bind", "/usr", "/usr"];
    expect(launchArguments(all, limits, room)).toEqual(["2097152", "2", "2", "-", "KILL", "5", "bwrap", ...room, "--"]);
    expect(launchArguments({ ...all, files: false }, limits, room)).toEqual(["2097152", "2", "2", "-n", "KILL", "5"]);
    expect(launchArguments(NO_SANDBOX, limits, room)).toEqual(["-", "-", "-", "-", "-", "5"]);
  });

  it("names what is active", () => {
    expect(layerNames(NO_SANDBOX)).not.toContain("no-network");
    expect(layerNames({ ...NO_SANDBOX, network: "-rn" })).toContain("no-network");
    expect(layerNames({ ...NO_SANDBOX, files: true })).toEqual(expect.arrayContaining(["no-network", "private-files"]));
    expect(missingLayers({ ...joinLayers(CANDIDATES), files: false })).toEqual(["private-files"]);
  });
});

describe("the reason of an end", () => {
  it.each([
    [{ code: 1, signal: null }, "[mov] moov atom not found", "exit"],
    [{ code: null, signal: "SIGSEGV" }, "", "exit"],
    [{ code: 139, signal: null }, "", "exit"],
    [{ code: null, signal: "SIGXFSZ" }, "", "too_much_output"],
    [{ code: 153, signal: null }, "", "too_much_output"],
    [{ code: 152, signal: null }, "", "timeout"],
    [{ code: null, signal: "SIGKILL" }, "", "killed"],
    [{ code: 137, signal: null }, "", "killed"],
    [{ code: 255, signal: null }, "", "killed"],
    [{ code: 125, signal: null }, "", "start"],
    [{ code: 1, signal: null }, "bwrap: Creating new namespace failed", "start"],
    [{ code: null, signal: null }, "", "start"],
  ])("of %j is told apart", (ended, stderrTail, reason) => {
    expect(ownReason({ ...ended, stderrTail })).toBe(reason);
  });
});

describe("StderrTail", () => {
  it("keeps the end, and takes progress out", () => {
    const seen: number[] = [];
    let advances = 0;
    const onAdvance = (): void => {
      advances += 1;
    };
    const tail = new StderrTail({ onProgress: (seconds) => seen.push(seconds), onAdvance });
    for (const line of [
      "frame=12",
      "out_time_us=N/A",
      "out_time_us=1500000",
      "bitrate= 100.5kbits/s",
      "progress=end",
    ]) {
      tail.add(line);
    }
    for (let line = 0; line < 100; line += 1) tail.add(`Error ${line}`);
    expect([seen, advances]).toEqual([[1.5], 3]);
    for (const line of ["frame=12", "out_time_us=1500000", "speed=1x"]) tail.add(line);
    expect(advances).toBe(3);
    expect(tail.text()).toMatch(/^Error 60\n[^=]*Error 99$/);
  });

  it("is bounded, whatever a file makes ffmpeg say", () => {
    const tail = new StderrTail(undefined);
    for (let line = 0; line < 100; line += 1) tail.add("x".repeat(100_000));
    expect(tail.text().length).toBeLessThanOrEqual(4096);
  });
});
