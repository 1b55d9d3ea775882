import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startVideoStack } from "../stack/video-stack.ts";
import { type Judged, judgeSource } from "./judge-source.ts";
import type { MatrixSource } from "./source.ts";

export interface MatrixRun {
  sources: readonly MatrixSource[];
  onJudged?: (judged: Judged) => void;
  /** Lines of the programs' logs that are errors. */
  onAlarm?: (line: string) => void;
}

/** As many as the machine has processors for: while one waits for the transcoder, another is held against its source. */
const AT_ONCE = 2;

/** Takes every file in at a stack of its own and judges what it becomes; in the order of the sources. */
export async function runMatrix({ sources, onJudged, onAlarm }: MatrixRun): Promise<Judged[]> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-matrix-"));
  const stack = await startVideoStack({
    variables: { API_RATE_PER_SECOND: "100000", API_RATE_BURST: "1000000" },
    onLine: (line) => {
      if (/"level":"?(50|60|error|fatal)/.test(line)) onAlarm?.(line.slice(0, 300));
    },
  });
  const judged = new Map<MatrixSource, Judged>();
  const waiting = [...sources];
  const work = async (): Promise<void> => {
    for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
      const own = join(folder, `source-${sources.indexOf(source)}`);
      await mkdir(own);
      const one = await judgeSource(stack, source, own);
      await rm(own, { recursive: true, force: true });
      judged.set(source, one);
      onJudged?.(one);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return sources.flatMap((source) => judged.get(source) ?? []);
}
