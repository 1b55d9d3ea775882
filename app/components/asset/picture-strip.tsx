"use client";

import { formatTimecode } from "../../../domain/format/format-timecode.ts";
import { usePosition } from "../../player/use-position.ts";
import { pictureTimes } from "../../videos/asset-facts.ts";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import { thumbnailUrl } from "../../videos/video-links.ts";
import { classNames } from "../ui/class-names.ts";

const PICTURES = 6;
const WIDTH_PX = 320;

interface Props {
  hosts: PublicHosts;
  playbackId: string;
  durationSeconds: number;
  video: HTMLVideoElement | null;
}

/** The video at a glance. A picture leads to its moment; the one that plays now is marked. */
export function PictureStrip({ hosts, playbackId, durationSeconds, video }: Props) {
  const position = usePosition(video);
  const current = Math.min(PICTURES - 1, Math.floor((position / durationSeconds) * PICTURES));
  return (
    <ol aria-label="Pictures of the video" className="grid grid-cols-3 gap-1.5 sm:grid-cols-6">
      {pictureTimes(durationSeconds, PICTURES).map((seconds, part) => (
        <li key={seconds}>
          <button
            type="button"
            aria-label={`Go to ${formatTimecode(seconds)}`}
            aria-current={part === current ? "time" : undefined}
            onClick={() => {
              if (video !== null) video.currentTime = seconds;
            }}
            className={classNames(
              "relative block aspect-video w-full overflow-hidden rounded-control border-2 bg-picture-ground bg-clip-padding hover:border-line-strong",
              part === current ? "border-accent" : "border-transparent",
            )}
          >
            {/* biome-ignore lint/performance/noImgElement: the image host makes the size, nothing is left to optimize */}
            <img
              src={thumbnailUrl(hosts, playbackId, { widthPx: WIDTH_PX, seconds })}
              alt=""
              loading="lazy"
              decoding="async"
              onError={({ currentTarget }) => currentTarget.classList.add("invisible")}
              onLoad={({ currentTarget }) => currentTarget.classList.remove("invisible")}
              className="absolute inset-0 size-full object-contain"
            />
            <span className="absolute right-1 bottom-1 rounded-xs bg-picture-scrim px-1 font-medium text-2xs text-on-picture">
              {formatTimecode(seconds)}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
