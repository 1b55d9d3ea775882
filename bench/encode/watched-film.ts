import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type PlanRef, planKey, segmentKey } from "../../domain/media/object-keys.ts";
import { decodePlan, type Plan, segmentSeconds, type VideoRendition } from "../../domain/media/plan.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { uploadAndPlay } from "../ready/upload.ts";
import type { VideoStack } from "../stack/video-stack.ts";

/** An uploaded film, and what its transcoder has made of it. */
export interface WatchedFilm {
  plan: Plan;
  encoded: readonly VideoRendition[];
  /** URL of a rendition's segment; without a number of its init segment. */
  url(rendition: string, segment?: number): string;
  isStored(rendition: string, segment: number): Promise<boolean>;
  /** Resolves when all encoded renditions are stored. */
  filled(): Promise<void>;
}

const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 600_000;
/** The transcoder has nothing to do when it runs nothing for so long. */
const IDLE_MS = 500;

/** Uploads a film with every rung of the usual quality. */
export async function watchFilm(stack: VideoStack, file: string): Promise<WatchedFilm> {
  const { assetId, playlist } = await uploadAndPlay(stack, file, { video_quality: "plus" });
  const objects = openFolderObjects(stack.objectsDir);
  const { ref, plan } = await storedPlan(objects, assetId, await (await fetch(playlist)).text());
  const encoded = plan.video.filter(({ kind }) => kind === "encoded");
  const isStored = async (rendition: string, segment: number): Promise<boolean> =>
    (await objects.head(segmentKey(ref, rendition, segment))) !== null;
  const base = playlist.replace(/\.m3u8$/, "");
  return {
    plan,
    encoded,
    url: (rendition, segment) =>
      `${base}/s/-/${ref.planId}/${rendition}/${segment === undefined ? "init.mp4" : `${segment}.m4s`}`,
    isStored,
    filled: async () => {
      for (const rendition of encoded) {
        for (const segment of segmentSeconds(plan, rendition).keys())
          await until(() => isStored(rendition.name, segment));
      }
    },
  };
}

/** The plan that a public asset's multivariant playlist names, with its environment. */
export async function storedPlan(
  objects: Objects,
  assetId: string,
  multivariant: string,
): Promise<{ ref: PlanRef; plan: Plan }> {
  const planId = /\/h\/-\/([0-9a-f]{16})\//.exec(multivariant)?.[1] ?? "";
  const ref = await findPlan(objects, assetId, planId);
  const found = await objects.read(planKey(ref));
  if (found === null) throw new Error(`there is no plan ${planId}`);
  return { ref, plan: decodePlan((await buffer(found.body)).toString("utf8")) };
}

/** Ids of environments are on no page that a viewer sees. Assets that are alike have plans of the same id. */
async function findPlan(objects: Objects, assetId: string, planId: string): Promise<PlanRef> {
  for await (const { key } of objects.list("")) {
    const [environment = "", asset, plan] = key.split("/");
    if (asset === assetId && plan === planId) return { environment, assetId, planId };
  }
  throw new Error(`asset ${assetId} has no plan ${planId}`);
}

/** Resolves when the transcoder runs nothing any more. */
export async function settled(stack: VideoStack): Promise<void> {
  const pid = stack.pid("transcoder");
  const isIdle = (): boolean => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim() === "";
  let idleSinceMs = performance.now();
  while (performance.now() - idleSinceMs < IDLE_MS) {
    if (!isIdle()) idleSinceMs = performance.now();
    await sleep(LOOK_EVERY_MS);
  }
}

export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(`not made within ${PATIENCE_MS} ms`);
    await sleep(LOOK_EVERY_MS);
  }
}
