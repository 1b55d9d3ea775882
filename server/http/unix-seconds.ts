/** A time as the API tells it: whole Unix seconds, as text (reference video-api.md §1). */
export function unixSeconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1_000));
}
