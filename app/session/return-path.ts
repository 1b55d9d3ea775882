/** Pages that a sign-in may lead back to. Anything else could lead a person to a stranger's site with our name on the way. */
const OWN_PAGE = /^\/environments\/[a-z0-9]{6}\/[a-z-]+(?:\/[A-Za-z0-9]+)?(?:\?[^#\\]*)?$/;

/** Where to go after signing in: the page that was asked for, if it is one of ours, else the first one. */
export function returnPath(next: string | null): string {
  return next !== null && OWN_PAGE.test(next) ? next : "/";
}

/** Address of the sign-in page that leads back. `ended`: there was a session, and it is over. */
export function signInPath(from: string, ended: boolean): string {
  const params = new URLSearchParams();
  if (ended) params.set("reason", "session");
  const page = withoutRouterMark(from);
  if (returnPath(page) !== "/") params.set("next", page);
  return params.size === 0 ? "/sign-in" : `/sign-in?${params}`;
}

/** Next adds `_rsc` to the address when script asks for a page; in the bar of a browser it means nothing. */
function withoutRouterMark(path: string): string {
  return path.replace(/([?&])_rsc(?:=[^&]*)?(?:&|$)/, "$1").replace(/[?&]$/, "");
}
