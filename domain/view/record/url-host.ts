const HOST = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]{1,255})/i;
const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/i;
const PORT = /:\d{1,5}$/;
/** `co.uk`, `com.au`: a short word before a country. */
const SECOND_LEVEL = /^(?:ac|co|com|edu|gov|net|ne|or|org)$/;

/** Host of an absolute URL with its port, as the web SDK tells it; "" for a relative one and for all that is none. */
export function hostOf(url: string): string {
  return HOST.exec(url)?.[1]?.toLowerCase() ?? "";
}

/** The domain that somebody registered: the last two labels, three below a country's own second level; "" for a bare name. */
export function domainOf(host: string): string {
  const name = host.replace(PORT, "");
  if (IP_ADDRESS.test(name)) return name;
  const labels = name.split(".").filter((label) => label !== "");
  if (labels.length < 2) return "";
  const [second = "", top = ""] = labels.slice(-2);
  return labels.slice(top.length === 2 && SECOND_LEVEL.test(second) ? -3 : -2).join(".");
}
