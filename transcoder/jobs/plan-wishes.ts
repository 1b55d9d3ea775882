import type { VideoQuality } from "../../domain/asset/settings-wire.ts";
import type { PlanWishes } from "../source/plan-source.ts";
import type { Examined } from "./examine-source.ts";

/** What a plan has to know besides the index of what it is made from: as sent, or made anew, which is square and SDR. */
export function planWishes(
  { facts, judgement }: Pick<Examined, "facts" | "judgement">,
  quality: VideoQuality,
): PlanWishes {
  if (facts.video === null) return { quality };
  const { sampleAspectRatio, hdr, colourMatrix } = facts.video;
  if (judgement.video !== "copy") return { quality, colourMatrix: hdr === null ? colourMatrix : "bt709" };
  return { quality, sampleAspectRatio, hdr, colourMatrix };
}
