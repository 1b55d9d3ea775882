/** Groups of operations, in the order of the reference page. */
export const TAGS: readonly { name: string; description: string }[] = [
  { name: "System", description: "Who asks, and the keys that tokens for players are signed with." },
  {
    name: "Metrics",
    description: "One number for a range of time, for each value of a dimension, or for each bucket.",
  },
  { name: "Dimensions", description: "What numbers can be broken down and filtered by, and which values there are." },
  { name: "Video views", description: "Single plays of a video, each with all that is known about it and its events." },
  { name: "Errors", description: "What went wrong for viewers, by code, with notes and categories of your own." },
  {
    name: "Monitoring",
    description: "What happens now and happened in the last 24 hours, each answer with its own delay.",
  },
  { name: "Real time", description: "Older names of Monitoring, for clients that use them." },
  { name: "Subview metrics", description: "Views divided by rendition or by playback mode." },
  { name: "Engagement", description: "Which parts of a video are watched, and which are left out." },
  { name: "Incidents", description: "When numbers went out of their ordinary range." },
  { name: "Annotations", description: "Notes at moments in time, such as a release of your player." },
  { name: "Exports", description: "All views of a day as a file." },
  { name: "Query", description: "Several metrics and dimensions in one call, and SQL over your own views and events." },
  { name: "Counts", description: "How many are watching, for public pages; asked with a token made for that." },
  { name: "Assets", description: "Videos: made from a URL or an upload, then playable under their playback ids." },
  { name: "Playback ids", description: "Names under which an asset is played, each with a policy of who may." },
  { name: "Static renditions", description: "A rendition as one file, for downloads and players without HLS." },
  { name: "Playback restrictions", description: "Pages and programs that may play with tokens which name them." },
  { name: "Direct uploads", description: "URLs to which browsers and apps send files without an access token." },
];
