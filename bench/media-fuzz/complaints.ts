import type { MediaFuzzResult } from "./media-fuzz-run.ts";

/** From a file's last byte to its end; DESIGN: every bad file ends within this time. */
const MAX_SECONDS = 30;
/** Of the transcoder itself, whatever files say of themselves. */
const MAX_TRANSCODER_MIB = 1_500;

/** Everything in a run that is not as promised. */
export function complaintsOf({ files, alarms, processes, trace, transcoderMib }: MediaFuzzResult): string[] {
  const ofFiles = files.flatMap(({ nth, kind, status, seconds, error, wrong }) => {
    const name = `file ${nth}, ${kind}`;
    return [
      ...(status === "preparing" ? [`${name}: neither ready nor errored after ${Math.round(seconds)} s`] : []),
      ...(status !== "preparing" && seconds > MAX_SECONDS ? [`${name}: ${status} after ${Math.round(seconds)} s`] : []),
      ...(status === "errored" && (error === null || error.messages.join("") === "") ? [`${name}: no message`] : []),
      ...wrong.map((text) => `${name}: ${text}`),
    ];
  });
  return [
    ...ofFiles,
    ...alarms.slice(0, 20),
    ...processes.wrong.slice(0, 20),
    ...(trace?.wrong ?? []).slice(0, 20).map((text) => `ffmpeg did what it should not: ${text}`),
    ...(transcoderMib <= MAX_TRANSCODER_MIB ? [] : [`the transcoder had ${transcoderMib} MiB`]),
  ];
}
