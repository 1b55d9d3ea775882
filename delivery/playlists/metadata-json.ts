/**
 * What players fetch by `com.apple.hls.chapters`: Apple's JSON chapters, of which they read the first entry's metadata
 * (reference video-api.md §8.5). The entry has no start, so that it does not show as a chapter. mux-player merges the keys
 * into its own metadata, where the title is called `video_title`.
 */
export function metadataJson(title: string | null): string {
  if (title === null) return "[]";
  const metadata = ["video.title", "video_title"].map((key) => ({ key, value: title }));
  return JSON.stringify([{ metadata }]);
}
