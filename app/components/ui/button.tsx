import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

const look = cva(
  "inline-flex select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-control font-medium transition-colors disabled:opacity-60",
  {
    variants: {
      kind: {
        primary: "bg-accent text-on-accent hover:bg-accent-strong",
        outline: "border border-line-strong bg-surface text-ink hover:bg-sunken",
        quiet: "text-muted hover:bg-sunken hover:text-ink",
        danger: "border border-bad/40 bg-bad-soft text-bad hover:border-bad",
      },
      size: { small: "h-7 px-2 text-xs", medium: "h-8 px-3 text-sm", large: "h-10 px-4 text-base", icon: "size-8" },
    },
    defaultVariants: { kind: "outline", size: "medium" },
  },
);

type Props = ComponentProps<"button"> & VariantProps<typeof look>;

export function Button({ kind, size, className, type = "button", ...rest }: Props) {
  return <button type={type} className={classNames(look({ kind, size }), className)} {...rest} />;
}
