import type { TextTrack } from "../playback-ids.ts";
import { PUBLIC_GRANT, textPath } from "../route.ts";
import { clipQuery } from "./clip-query.ts";
import type { DashFacts } from "./dash-manifest.ts";
import { escapeXml } from "./escape-xml.ts";
import type { ManifestParams } from "./manifest-params.ts";
import { languageTrack } from "./subtitle-media.ts";

const ROLE = "urn:mpeg:dash:role:2011";
/** Mandatory (ISO/IEC 23009-1 §5.3.5.2) and looked at by no player: fast speech has no more, in bit/s. */
const TEXT_BITRATE = 1_000;

/**
 * An `AdaptationSet` for each text track, of one file. dash.js and Shaka both read that; of WebVTT in segments dash.js reads
 * only what is wrapped in MP4. The file's times begin where the manifest's do, since dash.js adds no offset to them.
 *
 * @param firstId number of the first set
 */
export function dashTexts(
  facts: DashFacts,
  { clip, defaultSubtitlesLanguage }: ManifestParams,
  firstId: number,
): string[] {
  const { textTracks, grant } = facts;
  const shown = languageTrack(textTracks, defaultSubtitlesLanguage);
  const query = grant === PUBLIC_GRANT ? clipQuery(clip) : "";
  return textTracks.flatMap((track, at) =>
    textSet(facts, track, { id: firstId + at, query, isShown: track === shown }),
  );
}

function textSet(
  { playbackId, grant, plan }: DashFacts,
  track: TextTrack,
  { id, query, isShown }: { id: number; query: string; isShown: boolean },
): string[] {
  const uri = `${playbackId}/${textPath(grant, plan.planId, track.id)}.vtt${query}`;
  const role = (value: string): string => `      <Role schemeIdUri="${ROLE}" value="${value}"/>`;
  return [
    `    <AdaptationSet id="${id}" contentType="text" mimeType="text/vtt" lang="${escapeXml(track.language)}">`,
    `      <Label>${escapeXml(track.name)}</Label>`,
    role(track.isClosedCaptions ? "caption" : "subtitle"),
    ...(isShown ? [role("main")] : []),
    `      <Representation id="${track.id}" bandwidth="${TEXT_BITRATE}">`,
    `        <BaseURL>${escapeXml(uri)}</BaseURL>`,
    "      </Representation>",
    "    </AdaptationSet>",
  ];
}
