const WEB_URL = /^https?:\/\/[^/?#\s]+/i;

/** Whether a customer's text may be the URL of a file; whether it can be fetched is seen when it is. */
export function isWebUrl(text: string): boolean {
  return WEB_URL.test(text);
}
