import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

/** A surface with a title for those who hear the page. */
export function Panel({ className, ...rest }: ComponentProps<"section"> & { "aria-label": string }) {
  return <section className={classNames("rounded-panel border bg-surface", className)} {...rest} />;
}
