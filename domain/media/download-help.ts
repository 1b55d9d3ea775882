/** Why a URL was not fetched, as `platform/fetching` tells it. */
export type DownloadFault =
  | "url"
  | "scheme"
  | "credentials"
  | "port"
  | "private_address"
  | "redirects"
  | "dns"
  | "connect"
  | "tls"
  | "protocol"
  | "timeout"
  | "truncated"
  | "status";

/** What helps, behind the sentence that says what is wrong. Customers read these; docs/refused-files.md lists them. */
export const DOWNLOAD_HELP: Record<DownloadFault, string> = {
  url: "Give the whole address, such as https://example.com/film.mp4.",
  scheme: "Give an address that begins with https://, or upload the file.",
  credentials: "Give a signed URL instead, or upload the file.",
  port: "Give an address with another port, or without one.",
  private_address:
    "Put the file where the internet can reach it, or upload it. Who runs this server may allow the address (FETCH_ALLOW).",
  redirects: "Give the address at which the redirects end.",
  dns: "Check the host's name; it has to be known on the internet.",
  connect: "Check that the host answers from the internet.",
  tls: "Renew the certificate, or give the address of a host that has a valid one.",
  protocol: "Check the address and its port.",
  timeout: "Try again later, or upload the file.",
  truncated: "It was tried again, and broke off again. Try later, or upload the file.",
  status: "Check that the address leads to the file itself.",
};

/** What helps against an answer's status. */
export function statusHelp(status: number): string {
  if (status === 401 || status === 403)
    return "The link may have expired or need a sign-in: give one that works without, for at least a day.";
  if (status === 404 || status === 410) return "There is no file at this address: check it, also upper and lower case.";
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return "It was tried again, with the same answer. Create the asset again later.";
  return DOWNLOAD_HELP.status;
}

export const DOWNLOAD_LIMITS = {
  too_slow:
    "The URL's host took too long to send the file: six hours are the most. Upload the file, or use a faster host.",
  too_large: "The file behind the URL is too large: 200 GiB are the most. Make it smaller, or cut it into pieces.",
} as const;
