import { join } from "node:path";

/** What becomes the launched program, under limits, and the shell that runs it. */
export const LAUNCHER = join(import.meta.dirname, "../launch-ffmpeg.sh");
export const SHELL = "/bin/sh";
