/** What docs/metrics.md says of each metric of the live picture, by its id; domain/monitoring works them out. */
export const MONITORING_PROSE: Readonly<Record<string, string>> = {
  "current-concurrent-viewers":
    "How many are watching, or waiting to. Views that want to play and are not paused, ended, failed, stalled for more than 5 minutes or silent for more than 30 s.",
  "current-rebuffering-percentage":
    "Share of watching that is waiting in stalls. Time in stalls ÷ watch time, within the interval.",
  "exits-before-video-start":
    "Share of starts whose viewer left before a picture came. Views just left after a wait of at least 1 s without a first frame ÷ start attempts.",
  "playback-failure-percentage":
    "Share of viewers whose playback an error has just ended. Views just ended by a fatal technical error ÷ (concurrent viewers + these views).",
  "current-average-bitrate":
    "Bitrate of the renditions being played. Mean over viewers whose rendition's bitrate is known.",
  "video-startup-failure-percentage":
    "Share of starts that an error has just ended. Views just ended by a fatal technical error before the first frame ÷ start attempts: views that are starting, or have just ceased to.",
  "video-startup-time":
    "How long those who have just started had waited. Start-up times of the views that started within the interval: their median, and a histogram by the minute.",
};
