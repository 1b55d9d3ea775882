import { Activity, Film } from "lucide-react";

/** The pages of an environment, in the order of the navigation; `path` is below the environment's own. */
export const PAGES = [
  { path: "monitoring", title: "Monitoring", Icon: Activity },
  { path: "videos", title: "Videos", Icon: Film },
] as const;

export type PagePath = (typeof PAGES)[number]["path"];

/** Which of them an address belongs to; the first one, where it belongs to none. */
export function pageOf(pathname: string): PagePath {
  const part = pathname.split("/")[3]; // /environments/{id}/{page}
  return PAGES.find(({ path }) => path === part)?.path ?? "monitoring";
}
