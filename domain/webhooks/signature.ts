/**
 * The header `mux-signature` of what is sent (reference video-api.md §7.5): when it was signed, so that a recording cannot be sent
 * again for long, and the signature over that and the very bytes of the body.
 *
 * @param hmacHex HMAC-SHA256 of a text under the endpoint's secret, in hexadecimal
 */
export function signatureHeader(body: string, atMs: number, hmacHex: (text: string) => string): string {
  const seconds = Math.floor(atMs / 1_000);
  return `t=${seconds},v1=${hmacHex(`${seconds}.${body}`)}`;
}
