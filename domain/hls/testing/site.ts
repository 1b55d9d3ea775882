/** An answer as the checker sees it. */
export interface Resource {
  status: number;
  contentType: string;
  bytes: Uint8Array;
  /** The bytes as text; null where they are not UTF-8. */
  text: string | null;
}

/** Where a presentation is: HTTP, or a table in a test. */
export interface Site {
  get(url: string): Promise<Resource>;
  /** RFC 3986 §5. */
  resolve(uri: string, base: string): string;
}
