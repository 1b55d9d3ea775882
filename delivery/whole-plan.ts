import { soundTrackRef } from "../domain/media/object-keys.ts";
import type { Plan } from "../domain/media/plan.ts";
import { type SoundTrack, withSoundTracks } from "../domain/media/sound-track.ts";
import type { Plans } from "./plans.ts";
import type { AddedSound, PlaybackFacts } from "./playback-ids.ts";

type Facts = Pick<PlaybackFacts, "environment" | "assetId" | "soundTracks">;

/**
 * A plan of an asset with the sounds that were added to the asset by URL. An older plan has none of those that were added over a
 * newer one. Null and rejections are those of {@link Plans.find}.
 */
export async function findWholePlan(plans: Plans, facts: Facts, planId: string): Promise<Plan | null> {
  const { environment, assetId, soundTracks } = facts;
  const plan = await plans.find({ environment, assetId, planId });
  if (plan === null || soundTracks.length === 0) return plan;
  const found = await Promise.all(soundTracks.map((added) => findSound(plans, facts, added, planId)));
  return withSoundTracks(
    plan,
    found.filter((sound) => sound !== null),
  );
}

async function findSound(
  plans: Plans,
  { environment, assetId }: Facts,
  { id: trackId, name, language }: AddedSound,
  planId: string,
): Promise<SoundTrack | null> {
  const own = await plans.find({ ...soundTrackRef({ environment, assetId, trackId }), planId });
  const rendition = own?.audio[0];
  return rendition === undefined ? null : { name, language, rendition };
}
