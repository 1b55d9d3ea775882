import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventLogContract } from "./contract.ts";
import { CONTRACT_TOPICS } from "./contract-topics.ts";
import type { EventLog } from "./eventlog.ts";
import { openSegmentLog } from "./segment-log.ts";

const HOUR_MS = 3_600_000;

eventLogContract("the segment log", { writers: "one", members: "first" }, async () => {
  const directory = await mkdtemp(join(tmpdir(), "playhead-eventlog-"));
  const opened: EventLog[] = [];
  return {
    open: () => {
      const log = openSegmentLog({
        directory,
        topics: CONTRACT_TOPICS,
        retentionMs: HOUR_MS,
        segmentBytes: 2_000, // so that even these tests cross segments
        now: () => 0,
      });
      opened.push(log);
      return log;
    },
    dispose: async () => {
      await Promise.all(opened.map((log) => log.close()));
      await rm(directory, { recursive: true, force: true });
    },
  };
});
